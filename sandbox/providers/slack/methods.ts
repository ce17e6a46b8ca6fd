import type { JsonObject } from '../../core/json.ts';
import { postMessage, updateMessage } from './chat.ts';
import { history, open, replies } from './conversations.ts';
import { authTest, lookupByEmail } from './people.ts';
import type { Slack } from './parts.ts';

type Method = (slack: Slack, args: JsonObject, now: number) => JsonObject;

/** The methods that it knows. What they throw is a `SlackError`. */
export const methods: Record<string, Method> = {
  'auth.test': authTest,
  'chat.postMessage': postMessage,
  'chat.update': updateMessage,
  'conversations.history': history,
  'conversations.open': open,
  'conversations.replies': replies,
  'users.lookupByEmail': lookupByEmail,
};

export const ALL_SCOPES = [
  'channels:history',
  'chat:write',
  'groups:history',
  'im:history',
  'im:write',
  'users:read',
  'users:read.email',
];
