import { ChatMessageInvalid } from '../chat.errors.js';
import type { ChatBlock } from '../contracts.js';

/** Slack's limit of a section's text, escapes counted. */
const longestSection = 3_000;
const longestTitle = 150;
const longestLabel = 75;
const longestUrl = 2_000;
/** A message of more than these is read by nobody. */
const mostBlocks = 10;
const mostLines = 40;

export interface SlackSection {
  readonly type: 'section';
  readonly text: { readonly type: 'mrkdwn'; readonly text: string };
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/**
 * Text as Slack shows it unchanged: `&`, `<` and `>` escaped, so that nothing in it is a mention (`<!channel>`) or a link;
 * without control characters; cut so that it fits escaped. https://docs.slack.dev/messaging/formatting-message-text
 */
export function escaped(text: string, longest: number): string {
  let out = '';
  for (const character of text.replace(/\r\n?/g, '\n')) {
    if (isControl(character)) continue;
    const next = escapes[character] ?? character;
    if (out.length + next.length > longest - 1) return `${out}…`;
    out += next;
  }
  return out;
}

/** What a message is made of in Slack; none where it is a text alone. @throws OUTBOUND.CHAT_MESSAGE_INVALID */
export function sectionsOf(text: string, blocks: readonly unknown[]): readonly SlackSection[] {
  if (blocks.length === 0) return [];
  if (blocks.length > mostBlocks) throw invalid(`more than ${mostBlocks} blocks`);
  return [section(escaped(text, longestSection)), ...blocks.map((block) => section(blockText(block)))];
}

function blockText(block: unknown): string {
  const { title, lines = [], link } = readBlock(block);
  const parts = [
    ...(title ? [`*${escaped(title, longestTitle)}*`] : []),
    ...lines.slice(0, mostLines).map((line) => escaped(line, longestSection)),
  ];
  const tail = link ? linkText(link) : '';
  const room = longestSection - tail.length - 1;
  const text = [...fitting(parts, room), ...(tail ? [tail] : [])].join('\n');
  if (text === '') throw invalid('an empty block');
  return text;
}

/** Whole lines as long as they fit; a cut in the middle could tear an escape apart. */
function fitting(parts: readonly string[], room: number): string[] {
  const kept: string[] = [];
  let used = 0;
  for (const part of parts) {
    used += part.length + 1;
    if (used > room) return kept.length > 0 ? [...kept, '…'] : [cut(part, room - 1)];
    kept.push(part);
  }
  return kept;
}

function cut(part: string, room: number): string {
  return `${part.slice(0, room - 1).replace(/&[a-z]{0,3}$/, '')}…`;
}

function linkText({ label, url }: NonNullable<ChatBlock['link']>): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed || !['http:', 'https:'].includes(parsed.protocol) || url.length > longestUrl) {
    throw invalid('a link that is not of http or https, or too long');
  }
  // Whatever could end the address or begin the label is encoded; `&` is escaped as everywhere.
  const address = parsed.href.replace(/[|<>\s]/g, (character) => encodeURIComponent(character));
  const shown = escaped(label.replace(/\n/g, ' '), longestLabel) || 'link';
  return `<${address.replaceAll('&', '&amp;')}|${shown}>`;
}

function readBlock(block: unknown): ChatBlock {
  const { title, lines, link } = (typeof block === 'object' && block !== null ? block : {}) as Partial<
    Record<keyof ChatBlock, unknown>
  >;
  const texts = lines ?? [];
  if (!isTexts(texts) || (title !== undefined && typeof title !== 'string'))
    throw invalid('a block of another form');
  return { ...(title !== undefined && { title }), lines: texts, ...readLink(link) };
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((line) => typeof line === 'string');
}

function readLink(link: unknown): Pick<ChatBlock, 'link'> {
  if (link === undefined) return {};
  const { label, url } = (typeof link === 'object' && link !== null ? link : {}) as Record<string, unknown>;
  if (typeof label !== 'string' || typeof url !== 'string') throw invalid('a link of another form');
  return { link: { label, url } };
}

function section(text: string): SlackSection {
  return { type: 'section', text: { type: 'mrkdwn', text } };
}

function isControl(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  const isLine = character === '\n' || character === '\t';
  return !isLine && (code < 0x20 || (code >= 0x7f && code < 0xa0) || (code >= 0x202a && code <= 0x202e));
}

function invalid(problem: string): Error {
  return ChatMessageInvalid({ details: { problem } });
}
