import { asString } from '../../core/json.ts';
import type { JsonObject } from '../../core/json.ts';
import { SlackError } from './answers.ts';
import { needScope } from './parts.ts';
import type { Slack } from './parts.ts';

/** https://docs.slack.dev/reference/methods/auth.test */
export function authTest(): JsonObject {
  return {
    url: 'https://sandbox.slack.example/',
    team: 'Sandbox',
    user: 'signalbox',
    team_id: 'T0SANDBOX',
    user_id: 'U0SIGNALBOX',
    bot_id: 'B0SIGNALBOX',
    is_enterprise_install: false,
  };
}

/** https://docs.slack.dev/reference/methods/users.lookupByEmail: the active ones only. */
export function lookupByEmail(slack: Slack, args: JsonObject): JsonObject {
  needScope(slack, 'users:read.email');
  const email = (asString(args['email']) ?? '').toLowerCase();
  const person = [...slack.workspace.people.values()].find((one) => one.email === email && !one.isDeleted);
  if (!person) throw new SlackError('users_not_found');
  const { id, name } = person;
  return {
    user: {
      id,
      team_id: 'T0SANDBOX',
      name,
      deleted: false,
      is_bot: false,
      profile: { real_name: name, email },
    },
  };
}
