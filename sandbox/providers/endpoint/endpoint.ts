import type { Fault } from '../../core/faults.ts';
import type { Provider, ProviderContext, ProviderOverview } from '../../core/provider.ts';
import { endpointAdminRoutes } from './admin.ts';
import { Receiver } from './receiver.ts';
import type { EndpointEvent } from './receiver.ts';
import { Replies } from './replies.ts';
import { receivingRoute } from './routes.ts';
import type { Receiving } from './routes.ts';
import { settingsFrom } from './settings.ts';

const SHOWN = 50;
const LONGER_THAN_ANY_CALLER_WAITS = 120_000;

/** Nobody's product in particular: a system behind `/endpoint/<any name>` that takes webhooks signed by Standard Webhooks. */
export function endpoint({ env, record }: ProviderContext): Provider {
  const receiver = new Receiver();
  const replies = new Replies();
  const settings = settingsFrom(env);
  const commit = (event: EndpointEvent): void => {
    receiver.apply(event);
    record(event);
  };
  const receiving: Receiving = { receiver, replies, settings, busy: new Set(), refused: new Map(), commit };
  return {
    name: 'endpoint',
    routes: (app) => receivingRoute(app, receiving),
    adminRoutes: (app) => endpointAdminRoutes(app, receiving),
    overview: () => overviewOf(receiving),
    effects: () => ({ calls: receiver.effects.summary([]) }),
    faultKinds: endpointFaultKinds,
    prepareFault: () => undefined,
    replay: (event) => receiver.apply(event as EndpointEvent),
    snapshot: () => receiver.snapshot(),
    reset() {
      receiver.clear();
      replies.clear();
      receiving.busy.clear();
      receiving.refused.clear();
      Object.assign(settings, settingsFrom(env));
    },
  };
}

const endpointFaultKinds: Record<string, () => Fault> = {
  '400': () => ({ status: 400, body: { error: 'no such field' } }),
  '408': () => ({ status: 408, body: {} }),
  '410': () => ({ status: 410, body: {} }),
  '425': () => ({ status: 425, body: {} }),
  '429': () => ({ status: 429, body: {}, headers: { 'retry-after': '30' } }),
  '500': () => ({ status: 500, body: { error: 'internal' } }),
  '502-html': () => ({ html: true }),
  '503': () => ({ status: 503, body: {}, headers: { 'retry-after': '5' } }),
  '504': () => ({ status: 504, body: {} }),
  redirect: () => ({
    status: 307,
    body: {},
    headers: { location: 'http://169.254.169.254/latest/meta-data/' },
  }),
  'reset-before': () => ({ reset: 'before' }),
  'reset-after': () => ({ reset: 'after' }),
  timeout: () => ({ holdMs: LONGER_THAN_ANY_CALLER_WAITS }),
};

function overviewOf({ receiver, replies, settings, refused }: Receiving): ProviderOverview {
  const calls = receiver.calls.slice(-SHOWN).reverse();
  return {
    holds: { calls: receiver.calls.length, replies: replies.sent.length },
    settings: { ...settings, body: JSON.stringify(settings.body) },
    tables: [
      {
        title: 'Carried out',
        columns: ['number', 'at', 'endpoint', 'webhook-id', 'Idempotency-Key', 'repeats', 'body'],
        rows: calls.map(({ number, at, endpoint: name, id, key, repeats, body }) => [
          String(number),
          new Date(at).toISOString(),
          name,
          id,
          key,
          String(repeats),
          JSON.stringify(body).slice(0, 300),
        ]),
        note: [...refused].map(([reason, count]) => `${count} × ${reason}`).join(', '),
      },
      {
        title: 'Answered later',
        columns: ['at', 'subject', 'to', 'status'],
        rows: replies.sent
          .slice(-SHOWN)
          .reverse()
          .map(({ at, subject, url, status, problem }) => [
            new Date(at).toISOString(),
            subject,
            url,
            problem ?? String(status),
          ]),
      },
    ],
    links: {
      calls: '/_sandbox/endpoint/calls',
      reply: '/_sandbox/endpoint/reply',
      settings: '/_sandbox/endpoint/settings',
      faults: '/_sandbox/endpoint/faults',
    },
  };
}
