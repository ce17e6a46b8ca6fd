import { Remembered } from '../../../shared/connectors/remembered.js';
import { ChatAnswerInvalid, ChatHistoryTooLong, ChatMessageInvalid } from '../chat.errors.js';
import type { ChatPostResult } from '../contracts.js';
import { escaped, sectionsOf } from '../domain/chat-format.js';
import { Chat, type ChatPost } from './chat.js';
import type { SlackApi } from './slack-api.js';

const eventType = 'signalbox_message';
const longestText = 4_000;
/** Slack recommends at most 200 a page; with blocks and metadata these stay well below the bound of an answer. */
const pageSize = 100;
const mostPages = 5;
/** How far Slack's clock, whose times messages are called by, may be behind ours. */
const clockMs = 300_000;
const hourMs = 3_600_000;

const channelId = /^[CGD][A-Z0-9]{2,30}$/;
const personId = /^[UW][A-Z0-9]{2,30}$/;
const messageTs = /^\d{1,12}\.\d{6}$/;

/**
 * Slack as a chat. Each message carries our reference as metadata
 * (https://docs.slack.dev/messaging/message-metadata), by which the history is looked through before it is posted.
 */
export class SlackChat extends Chat {
  /** A person's direct messages have a channel, and keep it. */
  private readonly directMessages = new Remembered<string>(hourMs);

  constructor(private readonly api: SlackApi) {
    super();
  }

  async find(post: ChatPost, signal?: AbortSignal): Promise<ChatPostResult | undefined> {
    const channel = await this.channelOf(post, signal);
    let cursor: string | undefined;
    for (let page = 0; page < mostPages; page += 1) {
      const { messages, next } = await this.page(post, channel, cursor, signal);
      const messageId = messages.find((message) => referenceOf(message) === post.reference)?.['ts'];
      if (messageId !== undefined) return { channel, messageId: tsIn(messageId) };
      if (next === undefined) return undefined;
      cursor = next;
    }
    throw ChatHistoryTooLong({ details: { looked: pageSize * mostPages } });
  }

  async post(post: ChatPost, signal?: AbortSignal): Promise<ChatPostResult> {
    const channel = await this.channelOf(post, signal);
    const sections = sectionsOf(post.text, post.blocks);
    const { body } = await this.api.post(
      channel,
      {
        text: escaped(post.text, longestText),
        ...(sections.length > 0 && { blocks: JSON.stringify(sections) }),
        thread_ts: threadOf(post),
        metadata: JSON.stringify({ event_type: eventType, event_payload: { reference: post.reference } }),
        // Names stay names, and no third party is asked for a preview of an address.
        ...{ parse: 'none', link_names: 'false', unfurl_links: 'false', unfurl_media: 'false' },
      },
      signal,
    );
    return { channel, messageId: tsIn(body['ts']) };
  }

  private async channelOf({ to }: ChatPost, signal?: AbortSignal): Promise<string> {
    if (channelId.test(to)) return to;
    if (!personId.test(to)) throw ChatMessageInvalid({ details: { problem: 'not an id of Slack' } });
    return this.directMessages.get(to, async () => {
      const { body } = await this.api.read('conversations.open', { users: to }, signal);
      const id = membersOf(body['channel'])['id'];
      if (typeof id !== 'string' || !channelId.test(id)) throw another('no channel');
      return id;
    });
  }

  private async page(
    post: ChatPost,
    channel: string,
    cursor: string | undefined,
    signal?: AbortSignal,
  ): Promise<{ messages: readonly Record<string, unknown>[]; next: string | undefined }> {
    const thread = threadOf(post);
    const { body } = await this.api.read(
      thread === undefined ? 'conversations.history' : 'conversations.replies',
      {
        ...{ channel, ts: thread, cursor, limit: String(pageSize), include_all_metadata: 'true' },
        oldest: ((post.plannedAt.getTime() - clockMs) / 1_000).toFixed(6),
      },
      signal,
    );
    const { messages } = body;
    if (!Array.isArray(messages)) throw another('no messages');
    const next = membersOf(body['response_metadata'])['next_cursor'];
    return {
      messages: messages.map(membersOf),
      next: typeof next === 'string' && next !== '' && next.length <= 1_000 ? next : undefined,
    };
  }
}

function threadOf({ threadOf: ts }: ChatPost): string | undefined {
  if (ts !== undefined && !messageTs.test(ts)) {
    throw ChatMessageInvalid({ details: { problem: 'threadOf is not a messageId' } });
  }
  return ts;
}

function referenceOf(message: Record<string, unknown>): unknown {
  const { event_type: type, event_payload: payload } = membersOf(message['metadata']);
  return type === eventType ? membersOf(payload)['reference'] : undefined;
}

function tsIn(value: unknown): string {
  if (typeof value !== 'string' || !messageTs.test(value)) throw another('no ts');
  return value;
}

function membersOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function another(found: string): Error {
  return ChatAnswerInvalid({ details: { found } });
}
