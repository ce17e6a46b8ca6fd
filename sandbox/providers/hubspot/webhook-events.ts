import type { JsonObject } from '../../core/json.ts';
import type { HubspotEvent, RecordEvent, Source } from './events.ts';
import { kinds } from './kinds.ts';
import type { KindFacts } from './kinds.ts';

/** `classic` names the kind in the type (`deal.propertyChange`), `object` by its number. */
export type WebhookFormat = 'classic' | 'object';

export const APP_ID = 1_357_911;

/** Kinds of which HubSpot tells by the subscriptions that are used here. */
const TOLD = new Set(['contacts', 'deals', 'tickets']);

/** What HubSpot tells of a change, without ids of events: creation, deletion, and each property by itself. */
export function webhookEventsOf(event: HubspotEvent, portalId: number, format: WebhookFormat): JsonObject[] {
  if (!('kind' in event) || !('by' in event) || !TOLD.has(event.kind)) return [];
  const facts = kinds.find(({ kind }) => kind === event.kind);
  if (!facts) return [];
  return happeningsOf(event).map((happening) => ({
    subscriptionId: 1,
    ...{ portalId, appId: APP_ID, occurredAt: event.at, attemptNumber: 0, objectId: Number(event.id) },
    ...typeOf(facts, happening.action, format),
    ...happening.more,
    ...sourceOf(event.by),
  }));
}

type Happening = { action: string; more: JsonObject };

function happeningsOf(event: RecordEvent): Happening[] {
  switch (event.type) {
    case 'record-created':
      return [{ action: 'creation', more: { changeFlag: 'NEW' } }, ...changesOf(event.values)];
    case 'record-changed':
      return changesOf(event.values);
    case 'record-archived':
      return [{ action: 'deletion', more: { changeFlag: 'DELETED' } }];
    case 'record-erased':
      return event.kind === 'contacts' ? [{ action: 'privacyDeletion', more: {} }] : [];
    case 'record-unchanged':
      return [];
  }
}

const changesOf = (values: Record<string, string>): Happening[] =>
  Object.entries(values).map(([propertyName, propertyValue]) => ({
    action: 'propertyChange',
    more: { propertyName, propertyValue },
  }));

/** A deletion for privacy has no form by object. */
function typeOf({ singular, typeId }: KindFacts, action: string, format: WebhookFormat): JsonObject {
  return format === 'object' && action !== 'privacyDeletion'
    ? { subscriptionType: `object.${action}`, objectTypeId: typeId }
    : { subscriptionType: `${singular}.${action}` };
}

const sourceOf = ({ type, id }: Source): JsonObject => ({ changeSource: type, sourceId: id });
