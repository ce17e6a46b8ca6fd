import { asString } from '../../core/json.ts';
import type { JsonObject } from '../../core/json.ts';
import { SlackError } from './answers.ts';
import { directMessagesWith, shown } from './messages.ts';
import { needScope } from './parts.ts';
import type { Slack } from './parts.ts';
import type { Channel, Message } from './workspace.ts';

const HISTORY_SCOPES = { public: 'channels:history', private: 'groups:history', im: 'im:history' } as const;
const MOST = 999;

/** https://docs.slack.dev/reference/methods/conversations.history: newest first, without replies of threads. */
export function history(slack: Slack, args: JsonObject, now: number): JsonObject {
  const channel = readable(slack, args);
  const messages = visible(slack, channel, now).filter(({ threadTs, ts }) => (threadTs ?? ts) === ts);
  return page(messages.reverse(), args, slack);
}

/** https://docs.slack.dev/reference/methods/conversations.replies: the first message, then its replies. */
export function replies(slack: Slack, args: JsonObject, now: number): JsonObject {
  const channel = readable(slack, args);
  const parent = asString(args['ts']) ?? '';
  const thread = visible(slack, channel, now).filter(
    ({ ts, threadTs }) => ts === parent || threadTs === parent,
  );
  if (thread.length === 0) throw new SlackError('thread_not_found');
  return page(thread, args, slack);
}

/** https://docs.slack.dev/reference/methods/conversations.open, with one person. */
export function open(slack: Slack, args: JsonObject): JsonObject {
  needScope(slack, 'im:write');
  const user = asString(args['users']) ?? '';
  const before = slack.workspace.directOf(user);
  const channel = directMessagesWith(slack, user);
  return { channel: { id: channel.id }, ...(before && { no_op: true, already_open: true }) };
}

function readable(slack: Slack, args: JsonObject): Channel {
  const channel = slack.workspace.channels.get(asString(args['channel']) ?? '');
  if (!channel) throw new SlackError('channel_not_found');
  needScope(slack, HISTORY_SCOPES[channel.kind]);
  if (!channel.isMember) throw new SlackError('not_in_channel');
  return channel;
}

/** Oldest first. */
function visible({ workspace, settings }: Slack, { id }: Channel, now: number): Message[] {
  return workspace.messages.filter(({ channel, at }) => channel === id && at + settings.historyLagMs <= now);
}

function page(all: Message[], args: JsonObject, { workspace }: Slack): JsonObject {
  const limit = Math.min(Math.max(1, Math.floor(Number(args['limit'] ?? 100)) || 100), MOST);
  const [oldest, latest] = [Number(args['oldest'] ?? 0), Number(args['latest'] ?? Infinity)];
  const isInclusive = String(args['inclusive']) === 'true';
  const within = all.filter(({ ts }) => {
    const at = Number(ts);
    return isInclusive ? at >= oldest && at <= latest : at > oldest && at < latest;
  });
  const from = Number(Buffer.from(asString(args['cursor']) ?? '', 'base64').toString() || 0);
  if (!Number.isInteger(from)) throw new SlackError('invalid_cursor');
  const items = within.slice(from, from + limit);
  const hasMore = from + limit < within.length;
  const withMetadata = String(args['include_all_metadata']) === 'true';
  return {
    messages: items.map((message) => ({
      ...shown(message, withMetadata),
      ...(isParent(workspace.messages, message) && { thread_ts: message.ts }),
    })),
    has_more: hasMore,
    response_metadata: { next_cursor: hasMore ? Buffer.from(String(from + limit)).toString('base64') : '' },
  };
}

function isParent(messages: Message[], { channel, ts }: Message): boolean {
  return messages.some((one) => one.channel === channel && one.threadTs === ts);
}
