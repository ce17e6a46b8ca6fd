import { asString } from '../../core/json.ts';
import type { JsonObject } from '../../core/json.ts';
import { SlackError } from './answers.ts';
import { directMessagesWith, shown } from './messages.ts';
import { needScope } from './parts.ts';
import type { Slack } from './parts.ts';
import { readPayload, sequencesIn } from './payload.ts';
import type { Channel, Message } from './workspace.ts';

const MAX_UPDATED_TEXT = 4_000;

/** https://docs.slack.dev/reference/methods/chat.postMessage */
export function postMessage(slack: Slack, args: JsonObject, now: number): JsonObject {
  needScope(slack, 'chat:write');
  const channel = placeOf(slack, asString(args['channel']) ?? '');
  const payload = readPayload(args);
  const threadTs = asString(args['thread_ts']);
  if (threadTs !== undefined && !slack.workspace.find(channel.id, threadTs))
    throw new SlackError('thread_not_found');
  const message: Message = {
    channel: channel.id,
    ts: slack.workspace.nextTs(now),
    at: now,
    ...payload,
    sequences: sequencesIn(payload),
    ...(threadTs !== undefined && { threadTs }),
  };
  slack.commit({ type: 'posted', message });
  return { channel: channel.id, ts: message.ts, message: shown(message, true) };
}

/** https://docs.slack.dev/reference/methods/chat.update */
export function updateMessage(slack: Slack, args: JsonObject, now: number): JsonObject {
  needScope(slack, 'chat:write');
  const channel = placeOf(slack, asString(args['channel']) ?? '');
  const before = slack.workspace.find(channel.id, asString(args['ts']) ?? '');
  if (!before) throw new SlackError('message_not_found');
  const payload = readPayload(args);
  if (payload.text.length > MAX_UPDATED_TEXT) throw new SlackError('msg_too_long');
  const message: Message = { ...before, ...payload, sequences: sequencesIn(payload), edited: now };
  slack.commit({ type: 'updated', message });
  return { channel: channel.id, ts: message.ts, text: message.text, message: shown(message, true) };
}

/** A channel that the app may write to; a person's id stands for their direct messages. */
function placeOf(slack: Slack, id: string): Channel {
  if (slack.workspace.people.has(id)) return directMessagesWith(slack, id);
  const channel = slack.workspace.channels.get(id);
  if (!channel) throw new SlackError('channel_not_found');
  if (channel.isArchived) throw new SlackError('is_archived');
  if (!channel.isMember) throw new SlackError('not_in_channel');
  return channel;
}
