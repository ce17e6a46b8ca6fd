import type { Provider, ProviderContext, ProviderOverview } from '../../core/provider.ts';
import { slackAdminRoutes } from './admin.ts';
import { slackFaultKinds } from './faults.ts';
import { ALL_SCOPES } from './methods.ts';
import type { Slack } from './parts.ts';
import { Rates } from './rate.ts';
import { methodRoutes } from './routes.ts';
import { settingsFrom } from './settings.ts';
import { Workspace } from './workspace.ts';
import type { SlackEvent } from './workspace.ts';

const DEFAULT_TOKEN = 'xoxb-sandbox';
const SHOWN = 50;

/** A Slack workspace with one app in it. Paths below `/slack` are those of slack.com. */
export function slack({ env, record }: ProviderContext): Provider {
  const workspace = new Workspace();
  const commit = (event: SlackEvent): void => {
    workspace.apply(event);
    record(event);
  };
  const parts: Slack = {
    workspace,
    settings: settingsFrom(env),
    rates: new Rates(),
    token: env['SANDBOX_SLACK_TOKEN'] || DEFAULT_TOKEN,
    scopes: new Set(ALL_SCOPES),
    commit,
  };
  return {
    name: 'slack',
    routes: (app) => methodRoutes(app, parts),
    adminRoutes: (app) => slackAdminRoutes(app, parts),
    overview: () => overviewOf(parts),
    effects: () => ({ messages: workspace.effects.summary([]) }),
    faultKinds: slackFaultKinds,
    prepareFault: () => undefined,
    replay: (event) => workspace.apply(event as SlackEvent),
    snapshot: () => workspace.snapshot(),
    reset() {
      workspace.clear();
      parts.rates.clear();
      Object.assign(parts.settings, settingsFrom(env));
      for (const scope of ALL_SCOPES) parts.scopes.add(scope);
    },
  };
}

function overviewOf({ workspace, settings }: Slack): ProviderOverview {
  const rows = workspace.messages
    .slice(-SHOWN)
    .reverse()
    .map(({ channel, ts, at, threadTs, text, sequences }) => [
      workspace.channels.get(channel)?.name || channel,
      ts,
      new Date(at).toISOString(),
      threadTs ?? '',
      text,
      sequences.join(' '),
    ]);
  return {
    holds: { messages: workspace.messages.length, channels: workspace.channels.size },
    settings,
    tables: [
      {
        title: 'Messages',
        columns: ['channel', 'ts', 'posted', 'in thread', 'text', 'links and mentions'],
        rows,
        note: `the ${SHOWN} newest, of ${workspace.messages.length}`,
      },
    ],
    links: Object.fromEntries(
      ['messages', 'channels', 'people', 'scopes', 'settings', 'faults'].map((name) => [
        name,
        `/_sandbox/slack/${name}`,
      ]),
    ),
  };
}
