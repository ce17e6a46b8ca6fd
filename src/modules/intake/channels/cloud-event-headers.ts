import { parseJsonBounded } from '../../../shared/http/parse-json.js';
import type { ExternalEventReceived } from '../contracts.js';
import { externalEvent, isCloudEvent, isJsonType } from '../domain/cloud-event.js';
import { PayloadRefused } from '../intake.errors.js';
import type { Headers, InboundRequest } from './channel.js';

/**
 * A CloudEvent in binary mode: its attributes are the headers `ce-*`, its data is the body.
 * (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md, 3.1)
 * @throws INTAKE.PAYLOAD_REFUSED, HTTP.MALFORMED
 */
export function binaryEvent({ headers, body, receivedAt }: InboundRequest): ExternalEventReceived {
  const { 'content-type': type = '' } = headers;
  if (headers['ce-datacontenttype'] !== undefined) {
    throw PayloadRefused({ message: 'In binary mode the type of the data is the Content-Type alone.' });
  }
  if (holdsEvent(body)) {
    throw PayloadRefused({ message: 'In binary mode the body is data, and no CloudEvent itself.' });
  }
  const attributes = Object.entries(headers)
    .filter(([name]) => name.startsWith('ce-'))
    .map(([name, value]): [string, string] => [name.slice(3), attributeOf(value)]);
  return externalEvent(
    { ...Object.fromEntries(attributes), datacontenttype: type },
    dataOf(type, body),
    receivedAt,
  );
}

/** The attribute `id` of a request in binary mode; undefined when it has none that can be read. */
export function binaryId(headers: Headers): string | undefined {
  return decoded(headers['ce-id']);
}

function attributeOf(value: string | undefined): string {
  const text = decoded(value);
  if (text === undefined) {
    throw PayloadRefused({ message: 'A ce-* header is not percent-encoded UTF-8.' });
  }
  return text;
}

/** Quotes are taken off first (RFC 9110, 5.6.4), then percent-encoded UTF-8 is decoded, once. */
function decoded(value = ''): string | undefined {
  const quoted = /^"(.*)"$/s.exec(value.trim())?.[1];
  try {
    return decodeURIComponent(quoted?.replace(/\\(.)/gs, '$1') ?? value.trim());
  } catch {
    return undefined;
  }
}

/**
 * The Content-Type is not signed: with another one, a request that was signed as an event in structured mode could
 * become the data of a second event.
 */
function holdsEvent(body: Buffer): boolean {
  try {
    return isCloudEvent(parseJsonBounded(body));
  } catch {
    return false;
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function dataOf(type: string, body: Buffer): ExternalEventReceived['data'] {
  if (body.length === 0) return {};
  if (isJsonType(type)) return { value: parseJsonBounded(body) };
  if (!/^text\//i.test(type)) return { base64: body.toString('base64') };
  try {
    return { text: utf8.decode(body) };
  } catch (cause) {
    throw PayloadRefused({ message: 'The text is not valid UTF-8.', cause });
  }
}
