import type { FileRef, MessageKind, MessageReceived } from '../contracts.js';
import { isObject, listOf, objectOf, type JsonObject } from '../domain/json.js';
import { idOf, fullText } from './whatsapp-fields.js';

/** What a message says. */
export interface Content {
  readonly kind: MessageKind;
  readonly text: string;
  readonly choice?: MessageReceived['choice'];
  readonly files: readonly FileRef[];
}

/** Makes the content of a message's part that is named as its type; nothing when the part is not as documented. */
type ContentReader = (part: unknown) => Content | undefined;

const longestTitle = 1_000;
const longestName = 200;
const mostItems = 500;

const media = ['image', 'document', 'audio', 'video', 'sticker'] as const;

const readers: ReadonlyMap<string, ContentReader> = new Map<string, ContentReader>([
  ['text', (part) => plain('text', objectOf(part)['body'])],
  ...media.map((kind) => [kind, (part: unknown) => file(kind, objectOf(part))] as const),
  ['location', (part) => location(objectOf(part))],
  ['contacts', contacts],
  ['interactive', (part) => reply(objectOf(part))],
  ['button', (part) => button(objectOf(part))],
  ['order', (part) => order(objectOf(part))],
  ['system', (part) => system(objectOf(part))],
]);

/**
 * What a message says, by its type
 * (https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages). A type that
 * is not known, or whose content is not as documented, is `unsupported`: that somebody wrote is never lost.
 */
export function contentOf(message: JsonObject): Content {
  const type = fullText(message['type'], 50);
  return readers.get(type)?.(message[type]) ?? unsupported(message, type);
}

function plain(kind: MessageKind, text: unknown): Content | undefined {
  return typeof text === 'string' ? { kind, text: fullText(text), files: [] } : undefined;
}

function file(kind: (typeof media)[number], part: JsonObject): Content | undefined {
  const mediaId = idOf(part['id']);
  if (mediaId === undefined) return undefined;
  const [type = ''] = fullText(part['mime_type'], 200).toLowerCase().split(';', 1);
  const mediaType = /^[\w.+-]+\/[\w.+-]+$/.test(type.trim()) ? type.trim() : 'application/octet-stream';
  const name = fileName(part['filename']) || nameOf(kind, mediaType);
  return { kind, text: fullText(part['caption']), files: [{ mediaId, name, mediaType }] };
}

/** The name that the sender gave, without what leads to another folder or hides how it ends. */
function fileName(name: unknown): string {
  return fullText(name, longestName)
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029/\\]/gu, '_')
    .trim();
}

/** `image.jpeg`, for a file that came without a name. */
function nameOf(kind: string, mediaType: string): string {
  const ending = /\/([a-z0-9]{1,10})$/.exec(mediaType)?.[1];
  return ending === undefined ? kind : `${kind}.${ending}`;
}

function location(part: JsonObject): Content | undefined {
  const { latitude, longitude } = part;
  if (typeof latitude !== 'number' || typeof longitude !== 'number') return undefined;
  const lines = [fullText(part['name']), fullText(part['address']), `${latitude}, ${longitude}`];
  return { kind: 'location', text: linesOf(lines), files: [] };
}

/** Business cards: a line each, with name, company, phone numbers and e-mail addresses. */
function contacts(part: unknown): Content | undefined {
  if (!Array.isArray(part)) return undefined;
  const cards = listOf(part).slice(0, mostItems).map(objectOf);
  const lines = cards.map((card) => {
    const phones = listOf(card['phones']).map((phone) => objectOf(phone)['phone']);
    const mails = listOf(card['emails']).map((mail) => objectOf(mail)['email']);
    const names = [objectOf(card['name'])['formatted_name'], objectOf(card['org'])['company']];
    return [...names, ...phones.slice(0, 20), ...mails.slice(0, 20)]
      .map((value) => fullText(value, longestTitle))
      .filter((text) => text !== '')
      .join(', ');
  });
  return { kind: 'contacts', text: linesOf(lines), files: [] };
}

/** The answer to buttons, a list or a form of ours. Of a form (`nfm_reply`), what was filled in is the text, as JSON. */
function reply(part: JsonObject): Content | undefined {
  const type = fullText(part['type'], 50);
  if (type === 'button_reply' || type === 'list_reply') {
    const { id, title } = objectOf(part[type]);
    return choice(id, title, title);
  }
  if (type !== 'nfm_reply') return undefined;
  const { name, body, response_json: answers } = objectOf(part['nfm_reply']);
  return choice(fullText(name) || 'flow', fullText(body) || name, answers);
}

/** The quick reply of a template; without a payload its text stands for it. */
function button({ payload, text }: JsonObject): Content | undefined {
  return choice(fullText(payload) || text, text, text);
}

function choice(id: unknown, title: unknown, text: unknown): Content | undefined {
  // Flows decide by the id: half of one could be another's.
  if (typeof id !== 'string' || id === '' || id.length > longestTitle) return undefined;
  const chosen = { id: fullText(id), title: fullText(title, longestTitle) };
  return { kind: 'choice', text: fullText(text), choice: chosen, files: [] };
}

/** An order from the catalogue: a line for each product, then what the person wrote. */
function order(part: JsonObject): Content | undefined {
  if (!Array.isArray(part['product_items'])) return undefined;
  const lines = listOf(part['product_items'])
    .slice(0, mostItems)
    .map((product) => {
      const { product_retailer_id: id, quantity, item_price: price, currency } = objectOf(product);
      const each = typeof price === 'number' ? ` at ${price} ${fullText(currency, 10)}`.trimEnd() : '';
      return `${typeof quantity === 'number' ? quantity : '?'} × ${fullText(id, longestTitle)}${each}`;
    });
  return { kind: 'order', text: linesOf([...lines, fullText(part['text'])]), files: [] };
}

/** What WhatsApp itself tells of a person, e.g. that the number changed; without a sentence its type. */
function system({ body, type }: JsonObject): Content {
  return { kind: 'system', text: fullText(body) || fullText(type, 100), files: [] };
}

/** The provider's reason where it gives one. */
function unsupported(message: JsonObject, type: string): Content {
  const error = listOf(message['errors']).find(isObject) ?? {};
  const reason = fullText(objectOf(error['error_data'])['details'], 1_000) || fullText(error['title'], 1_000);
  const name = /^[a-z_]+$/.test(type) ? `A message of type ${type}` : 'A message';
  return { kind: 'unsupported', text: reason || `${name} that cannot be shown here.`, files: [] };
}

function linesOf(lines: readonly string[]): string {
  return fullText(lines.filter((line) => line !== '').join('\n'));
}
