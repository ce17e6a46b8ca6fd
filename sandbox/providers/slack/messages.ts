import type { JsonObject } from '../../core/json.ts';
import { SlackError } from './answers.ts';
import type { Slack } from './parts.ts';
import type { Channel, Message } from './workspace.ts';

/** A message as it is answered. Metadata is shown to those who ask for it. */
export function shown(message: Message, withMetadata: boolean): JsonObject {
  const { ts, text, blocks, threadTs, metadata, edited } = message;
  return {
    type: 'message',
    user: 'U0SIGNALBOX',
    bot_id: 'B0SIGNALBOX',
    app_id: 'A0SIGNALBOX',
    team: 'T0SANDBOX',
    ts,
    text,
    ...(blocks.length > 0 && { blocks }),
    ...(threadTs !== undefined && { thread_ts: threadTs }),
    ...(edited !== undefined && { edited: { user: 'U0SIGNALBOX', ts: String(edited / 1_000) } }),
    ...(withMetadata && metadata && { metadata }),
  };
}

/** The direct messages of a person; they are opened where there are none yet. */
export function directMessagesWith(slack: Slack, user: string): Channel {
  const person = slack.workspace.people.get(user);
  if (!person) throw new SlackError('user_not_found');
  if (person.isDeleted) throw new SlackError('user_disabled');
  const known = slack.workspace.directOf(user);
  if (known) return known;
  const id = `D${user.slice(1)}`;
  const channel: Channel = { id, name: '', kind: 'im', isMember: true, isArchived: false, user };
  slack.commit({ type: 'channel-set', channel });
  return channel;
}
