import type { Connection, ConnectionCheck, MissingPart } from '../../../shared/connectors/connections.js';
import { CodedError } from '../../../shared/kernel/coded-error.js';
import type { SlackApi, SlackAnswer } from './slack-api.js';
import type { SlackSettings } from './slack-settings.js';

/** What the bot token has to be allowed, and what for. */
export const slackScopes: Readonly<Record<string, string>> = {
  'chat:write': 'posts messages',
  'channels:history': 'looks whether a message is in a public channel',
  'groups:history': 'looks whether a message is in a private channel',
  'im:history': 'looks whether a message is among direct messages',
  'im:write': 'opens direct messages with a person',
};

/** How Slack is connected. Nothing of ours has to be made there, and it sends us nothing. */
export class SlackConnection implements Connection {
  readonly provider = 'slack';
  readonly title = 'Slack';
  readonly steps = [
    `In Slack (https://api.slack.com/apps) make an app for your own workspace. Under “OAuth & Permissions” give its bot the scopes ${Object.keys(slackScopes).join(', ')}, and install it.`,
    'Set SLACK_BOT_TOKEN to its “Bot User OAuth Token”, xoxb-…, and start Signalbox.',
    'Invite the app into each channel that it is to write to: /invite @<its name>. An app that is distributed to others has far lower limits for looking up messages: keep it internal.',
    'In a flow, name channels by their id (in Slack: the channel’s details, at the bottom).',
  ];

  constructor(
    private readonly settings: SlackSettings,
    private readonly api: SlackApi,
  ) {}

  async check(signal: AbortSignal): Promise<readonly ConnectionCheck[]> {
    if ((await this.settings.botToken()) === undefined) {
      const detail = 'No token is known.';
      return [
        { name: 'token', ok: false, detail, remedy: 'Set SLACK_BOT_TOKEN to the bot token of an app.' },
      ];
    }
    try {
      const answer = await this.api.read('auth.test', {}, signal);
      return [tokenCheck(answer), ...scopeChecks(answer.headers['x-oauth-scopes'])];
    } catch (error) {
      const detail =
        error instanceof CodedError ? `${error.code}: ${error.message}` : 'It failed unexpectedly.';
      return [
        { name: 'token', ok: false, detail, remedy: 'Install the app again, and set SLACK_BOT_TOKEN.' },
      ];
    }
  }

  async missing(): Promise<readonly MissingPart[]> {
    return [];
  }

  async create(): Promise<readonly string[]> {
    return [];
  }
}

function tokenCheck({ body }: SlackAnswer): ConnectionCheck {
  const [team, user] = [body['team'], body['user']].map(nameIn);
  if (body['bot_id'] !== undefined) {
    return { name: 'token', ok: true, detail: `It is the bot ${user} in the workspace ${team}.` };
  }
  const remedy = 'Use the “Bot User OAuth Token” of the app.';
  return { name: 'token', ok: false, detail: `It is not a bot’s: it acts as ${user} in ${team}.`, remedy };
}

function scopeChecks(header: string | undefined): ConnectionCheck[] {
  const given = new Set((header ?? '').split(',').map((scope) => scope.trim()));
  return Object.entries(slackScopes).map(([scope, use]) => {
    const ok = given.has(scope);
    const detail = ok ? `The app ${use}.` : `Missing: the app ${use} with it.`;
    const remedy = 'Add it under “OAuth & Permissions”, and install the app again.';
    return { name: `scope ${scope}`, ok, detail, ...(!ok && { remedy }) };
  });
}

function nameIn(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 80) : '(unnamed)';
}
