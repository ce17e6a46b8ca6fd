import { asArray, asObject, asString, isObject } from '../../core/json.ts';
import type { JsonObject } from '../../core/json.ts';
import { SlackError } from './answers.ts';

const MAX_TEXT = 40_000;
const MAX_BLOCKS = 50;
const MAX_HEADER = 150;
const MAX_SECTION = 3_000;
const MAX_FIELDS = 10;
const MAX_FIELD = 2_000;
const MAX_METADATA = 16_000;

export type Metadata = { event_type: string; event_payload: JsonObject };
export type Payload = { text: string; blocks: JsonObject[]; metadata?: Metadata };

/** What a message says, as `chat.postMessage` and `chat.update` take it. */
export function readPayload(args: JsonObject): Payload {
  const text = asString(args['text']) ?? '';
  const blocks = asArray(args['blocks']);
  if (blocks.length > MAX_BLOCKS || !blocks.every(isBlock)) throw new SlackError('invalid_blocks');
  if (text.trim() === '' && blocks.length === 0) throw new SlackError('no_text');
  const metadata = readMetadata(args['metadata']);
  // A text that is too long is cut by Slack, and said to be fine.
  return { text: text.slice(0, MAX_TEXT), blocks, ...(metadata && { metadata }) };
}

function readMetadata(value: unknown): Metadata | undefined {
  if (value === undefined) return undefined;
  const { event_type, event_payload } = asObject(value);
  const fits = typeof event_type === 'string' && event_type !== '' && isObject(event_payload);
  if (!fits || JSON.stringify(value).length > MAX_METADATA) throw new SlackError('invalid_metadata_format');
  return { event_type, event_payload };
}

/** Everything that Slack would turn into a mention or a link of its own: `<!channel>`, `<@U1>`, `<#C1>`, `<https://…>`. */
export function sequencesIn({ text, blocks }: Payload): string[] {
  const texts = `${text}\n${JSON.stringify(blocks.filter(({ type }) => type !== 'actions'))}`;
  return [...texts.matchAll(/<[!@#a-z][^>]*>/gi)].map(([sequence]) => sequence);
}

function isBlock(block: unknown): block is JsonObject {
  if (!isObject(block)) return false;
  switch (block['type']) {
    case 'header':
      return isText(block['text'], MAX_HEADER, ['plain_text']);
    case 'section':
      return isSection(block);
    case 'context':
    case 'actions':
      return asArray(block['elements']).length > 0;
    case 'divider':
      return true;
    default:
      return false;
  }
}

function isSection({ text, fields }: JsonObject): boolean {
  if (text === undefined && fields === undefined) return false;
  if (text !== undefined && !isText(text, MAX_SECTION, ['plain_text', 'mrkdwn'])) return false;
  const list = asArray(fields);
  return (
    list.length <= MAX_FIELDS && list.every((field) => isText(field, MAX_FIELD, ['plain_text', 'mrkdwn']))
  );
}

function isText(value: unknown, longest: number, types: string[]): boolean {
  const { type, text } = asObject(value);
  return types.includes(String(type)) && typeof text === 'string' && text !== '' && text.length <= longest;
}
