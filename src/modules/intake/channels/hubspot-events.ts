import { isObject, objectOf, type JsonObject } from '../domain/json.js';
import {
  CrmContactChanged,
  CrmContactCreated,
  CrmContactDeleted,
  CrmContactPrivacyDeleted,
  DealChanged,
  DealDeleted,
} from '../contracts.js';
import type { NormalisedEvent, Update } from './channel.js';
import { idOf, lineOf, unreadable } from './untrusted.js';

const longestValue = 65_536;

/** By the number that the format of `object.*` has for them. */
const objects = new Map([
  ['0-1', 'contact'],
  ['0-3', 'deal'],
]);

/** What is used of contacts beside changes of their properties. */
const contactEvents = new Map([
  ['creation', CrmContactCreated],
  ['deletion', CrmContactDeleted],
  ['privacyDeletion', CrmContactPrivacyDeleted],
]);

/** What an event of either format says happened to which object. */
interface Happening {
  readonly portal: string;
  /** `contact`, `deal`, another name, or the number of a type that is not used. */
  readonly object: string;
  readonly id: string;
  /** `creation`, `propertyChange`, … */
  readonly action: string;
  /** Unix time in milliseconds. */
  readonly at: number;
  readonly changedBy: string;
  /** Whether the app that the event is sent to has made the change. */
  readonly isOwn: boolean;
  /** Of a change of a property. */
  readonly property?: string;
  /** The same over HubSpot's retries, which differ in `attemptNumber` only. HubSpot's event id alone is not unique. */
  readonly key: string;
}

/**
 * What one event of a HubSpot webhook tells. It knows the classic format (`deal.propertyChange`) and the one of
 * developer projects (`object.propertyChange` with `objectTypeId`); see
 * https://developers.hubspot.com/docs/api-reference/legacy/webhooks/guide.
 */
export function hubspotUpdate(value: unknown): Update {
  const event = objectOf(value);
  const happening = happeningOf(event);
  if (!happening) return rejected(value, 'An event has no portal, object, type, id or time.');
  const { object, action, key } = happening;
  const isOurs = object === 'contact' || object === 'deal';
  if (isOurs && action === 'propertyChange') return changed(happening, event);
  if (object === 'deal' && action === 'deletion') {
    return {
      key,
      event: eventOf(happening, new DealDeleted({ ...changeOf(happening), dealId: happening.id })),
    };
  }
  const Message = object === 'contact' ? contactEvents.get(action) : undefined;
  if (!Message) return { key, ignored: `Events of type ${object}.${action} are not used.` };
  return { key, event: eventOf(happening, new Message({ ...changeOf(happening), contactId: happening.id })) };
}

function happeningOf(event: JsonObject): Happening | undefined {
  const [portal, id] = [idOf(event['portalId']), idOf(event['objectId'] ?? event['fromObjectId'])];
  const [kind, at, number] = [kindOf(event), timeOf(event['occurredAt']), numberOf(event['eventId'])];
  if (!portal || !id || !kind || !at || !number) return undefined;
  const changedBy = lineOf(event['changeSource'], 100) ?? lineOf(event['sourceId'], 100) ?? 'UNKNOWN';
  const property = kind.action === 'propertyChange' ? lineOf(event['propertyName'], 200) : undefined;
  const parts = [portal, `${kind.object}.${kind.action}`, id, number, at, ...(property ? [property] : [])];
  const isOwn = changedBy === 'INTEGRATION' && isSame(event['sourceId'], event['appId']);
  return { portal, ...kind, id, at, changedBy, isOwn, property, key: parts.join(':') };
}

function kindOf(event: JsonObject): { object: string; action: string } | undefined {
  const [named, action] = (lineOf(event['subscriptionType'], 100) ?? '').split('.', 2);
  if (!named || !action) return undefined;
  if (named !== 'object') return { object: named, action };
  const type = idOf(event['objectTypeId']) ?? named;
  return { object: objects.get(type) ?? type, action };
}

/** Unix time in milliseconds, up to the year 5138. */
function timeOf(value: unknown): number | undefined {
  const isTime = typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= 1e14;
  return isTime ? value : undefined;
}

/** An event's id is used for nothing but telling events apart: one too large to be exact does no harm. */
function numberOf(value: unknown): string | undefined {
  return typeof value === 'number' ? String(value) : idOf(value);
}

function isSame(source: unknown, app: unknown): boolean {
  const id = idOf(app);
  return id !== undefined && idOf(source) === id;
}

function changed(happening: Happening, event: JsonObject): Update {
  const { portal, object, id, at, property, key } = happening;
  const value = valueOf(event['propertyValue']);
  if (property === undefined || value === undefined) {
    return rejected(event, 'A change of a property does not name the property and its value.');
  }
  const said = { ...changeOf(happening), property, value };
  const message =
    object === 'deal'
      ? new DealChanged({ ...said, dealId: id })
      : new CrmContactChanged({ ...said, contactId: id });
  const order = { key: `${object}:${portal}:${id}:${property}`, at };
  return { key, order, event: eventOf(happening, message) };
}

function changeOf({ portal, at, changedBy, isOwn }: Happening) {
  const change = { provider: 'hubspot', account: portal, at: new Date(at).toISOString(), changedBy } as const;
  return isOwn ? { ...change, isOwn } : change;
}

function eventOf({ portal, object, id }: Happening, message: object): NormalisedEvent {
  const subject = `${object}:${id}`;
  const dataSubjects = object === 'contact' ? [`hubspot-contact:${portal}:${id}`] : [];
  return { message, subject, partitionKey: subject, dataSubjects };
}

/** HubSpot writes values as texts; a cleared property has an empty one, or none. */
function valueOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' ? value.slice(0, longestValue).toWellFormed() : undefined;
}

function rejected(value: unknown, message: string): Update {
  return unreadable(isObject(value) ? { ...value, attemptNumber: undefined } : value, message);
}
