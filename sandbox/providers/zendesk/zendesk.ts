import type { Provider, ProviderContext, ProviderOverview } from '../../core/provider.ts';
import { RollingWindow } from '../../core/rolling-window.ts';
import { zendeskAdminRoutes } from './admin.ts';
import { zendeskFaultKinds } from './faults.ts';
import { guard } from './gate.ts';
import type { Helpdesk } from './helpdesk.ts';
import { timeOf } from './records.ts';
import type { ZendeskEvent } from './records.ts';
import { zendeskRoutes } from './routes.ts';
import { settingsFrom } from './settings.ts';
import { ZendeskStore } from './store.ts';
import { Webhooks } from './webhooks.ts';

const SHOWN = 50;
const SCOPES = ['read'];

/** A Zendesk account as far as it is read. Paths below `/zendesk` are those of `https://example.zendesk.com`. */
export function zendesk({ env, record }: ProviderContext): Provider {
  const store = new ZendeskStore();
  const webhooks = new Webhooks(store);
  const commit = (event: ZendeskEvent): void => {
    const before = event.type === 'ticket-put' ? store.tickets.get(event.ticket.id) : undefined;
    store.apply(event);
    record(event);
    if (event.type === 'ticket-put') webhooks.about(before, event.ticket);
  };
  const desk: Helpdesk = {
    ...{ store, webhooks, commit, settings: settingsFrom(env) },
    ...{ calls: new RollingWindow(60_000), exports: new RollingWindow(60_000) },
    client: {
      id: env['SANDBOX_ZENDESK_CLIENT_ID'] || 'sandbox-zendesk-client',
      secret: env['SANDBOX_ZENDESK_CLIENT_SECRET'] || 'sandbox-zendesk-secret',
    },
    ...{ tokens: new Map(), scopes: new Set(SCOPES), user: { role: 'admin' } },
  };
  return {
    name: 'zendesk',
    routes(app) {
      guard(app, desk);
      zendeskRoutes(app, desk);
    },
    adminRoutes: (app) => zendeskAdminRoutes(app, desk),
    overview: () => overviewOf(desk),
    effects: () => ({}),
    faultKinds: zendeskFaultKinds,
    prepareFault: () => undefined,
    replay: (event) => store.apply(event as ZendeskEvent),
    snapshot: () => store.snapshot(),
    reset: () => reset(desk, env),
  };
}

function reset(desk: Helpdesk, env: ProviderContext['env']): void {
  for (const part of [desk.store, desk.calls, desk.exports, desk.tokens, desk.scopes]) part.clear();
  for (const scope of SCOPES) desk.scopes.add(scope);
  desk.webhooks.deliveries.length = 0;
  desk.user.role = 'admin';
  Object.assign(desk.settings, settingsFrom(env));
}

function overviewOf({ store, settings }: Helpdesk): ProviderOverview {
  const rows = store
    .byChange()
    .slice(-SHOWN)
    .reverse()
    .map(({ id, subject, status, priority, updatedAt }) => [
      ...[String(id), subject, status, priority ?? '', timeOf(updatedAt)],
    ]);
  const columns = ['id', 'subject', 'status', 'priority', 'changed'];
  return {
    holds: { tickets: store.tickets.size, webhooks: store.webhooks.size },
    settings,
    tables: [
      { title: 'Tickets', columns, rows, note: `the ${SHOWN} changed last, of ${store.tickets.size}` },
    ],
    links: Object.fromEntries(
      ['tickets', 'webhooks', 'scopes', 'settings', 'faults'].map((name) => [
        name,
        `/_sandbox/zendesk/${name}`,
      ]),
    ),
  };
}
