import { ExternalEventReceived } from '../contracts.js';
import { PayloadRefused } from '../intake.errors.js';
import { instantOf } from './instant.js';
import { isObject, type JsonObject } from './json.js';

/** What a CloudEvent carries, and how it is written down. */
type EventData = ExternalEventReceived['data'];

const mostAttributes = 64;
const longestAttribute = 1_000;
const longestType = 500;
const longestId = 500;
const longestSource = 1_000;
const longestMediaType = 200;

/**
 * A CloudEvent in the JSON format, by the words of the system.
 * (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md)
 * @param receivedAt its time, where it states none
 * @throws INTAKE.PAYLOAD_REFUSED
 */
export function structuredEvent(body: unknown, receivedAt: Date): ExternalEventReceived {
  if (!isObject(body)) throw broken('it is no object');
  const { data: _data, data_base64: _bytes, ...attributes } = body;
  return externalEvent(attributes, dataOf(body), receivedAt);
}

/**
 * Puts attributes and data together. Extension attributes, and `dataschema`, are kept as texts.
 * (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md)
 * @throws INTAKE.PAYLOAD_REFUSED
 */
export function externalEvent(
  attributes: JsonObject,
  data: EventData,
  receivedAt: Date,
): ExternalEventReceived {
  const { specversion, id, source, type, time, subject, datacontenttype, ...rest } = textsOf(attributes);
  if (specversion !== '1.0') throw broken('its specversion is not 1.0');
  const at = time === undefined ? receivedAt : instantOf(time);
  if (at === undefined) throw broken('its time is not one of RFC 3339');
  return new ExternalEventReceived({
    eventId: required('id', id, longestId),
    origin: required('source', source, longestSource),
    eventType: required('type', type, longestType),
    ...(subject && { subject: subject.slice(0, longestAttribute) }),
    at: at.toISOString(),
    attributes: Object.fromEntries(
      Object.entries(rest).map(([name, value]) => [name, value.slice(0, longestAttribute)]),
    ),
    data: { ...data, ...(datacontenttype && { type: datacontenttype.slice(0, longestMediaType) }) },
  });
}

/** Whether a value of JSON is a CloudEvent, or a batch that has one, be it complete or not. */
export function isCloudEvent(value: unknown): boolean {
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  return items.some((item) => isObject(item) && Object.hasOwn(item, 'specversion'));
}

/** Whether data of a media type is JSON: `…/json` or `…+json`. Data without a type is. */
export function isJsonType(mediaType: string): boolean {
  return /^[^/;\s]+\/(?:[^/;\s]+\+)?json\s*(?:;|$)/i.test(mediaType);
}

/** The attributes as texts; those that are null are not there. */
function textsOf(attributes: JsonObject): Readonly<Record<string, string>> {
  const entries = Object.entries(attributes).filter(([, value]) => value !== null);
  if (entries.length > mostAttributes) throw broken(`it has more than ${mostAttributes} attributes`);
  return Object.fromEntries(
    entries.map(([name, value]) => {
      if (!/^[a-z0-9]{1,20}$/.test(name)) {
        throw broken('an attribute’s name is not of 1 to 20 lower-case letters and digits');
      }
      return [name, textOf(name, value)];
    }),
  );
}

/** An attribute is a text, a truth value or an integer of 32 bits; control characters are none of a text. */
function textOf(name: string, value: unknown): string {
  if (typeof value === 'boolean' || isInteger(value)) return String(value);
  if (typeof value !== 'string') throw broken(`its attribute ${name} is neither text nor number`);
  if (/[\p{Cc}\p{Noncharacter_Code_Point}]/u.test(value) || !value.isWellFormed()) {
    throw broken(`its attribute ${name} has characters that are not allowed`);
  }
  return value;
}

function isInteger(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && Math.abs(value) <= 2 ** 31;
}

/** What names the event is never cut: it would be another one. */
function required(name: string, value: string | undefined, longest: number): string {
  if (!value) throw broken(`it has no ${name}`);
  if (value.length > longest) throw broken(`its ${name} is longer than ${longest}`);
  if (name === 'source' && /\s/u.test(value)) throw broken('its source is no URI reference');
  return value;
}

function dataOf(event: JsonObject): EventData {
  const { data, data_base64: base64, datacontenttype: type } = event;
  const hasData = Object.hasOwn(event, 'data');
  if (base64 !== undefined && base64 !== null) {
    if (hasData) throw broken('it has both data and data_base64');
    if (!isBase64(base64)) throw broken('its data_base64 is no base64');
    return { base64 };
  }
  if (!hasData) return {};
  const isText = typeof data === 'string' && typeof type === 'string' && !isJsonType(type);
  return isText ? { text: data } : { value: data };
}

function isBase64(text: unknown): text is string {
  return typeof text === 'string' && text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
}

function broken(why: string): Error {
  return PayloadRefused({ message: `This is no CloudEvent that can be taken: ${why}.` });
}
