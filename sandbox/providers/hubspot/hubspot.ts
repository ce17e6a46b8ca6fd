import type { FastifyInstance } from 'fastify';
import type { Provider, ProviderContext } from '../../core/provider.ts';
import { Account } from './account.ts';
import { hubspotAdminRoutes } from './admin.ts';
import { AutomaticWebhooks } from './automatic-webhooks.ts';
import type { HubspotEvent } from './events.ts';
import { hubspotFaultKinds, prepareHubspotFault } from './faults.ts';
import { guard } from './gate.ts';
import { kinds } from './kinds.ts';
import { Limits } from './limits.ts';
import { overviewOf, sharedEmails } from './overview.ts';
import type { Portal } from './portal.ts';
import { accountRoutes } from './routes/account.ts';
import { associationRoutes } from './routes/associations.ts';
import { batchReadRoute } from './routes/batch-read.ts';
import { batchWriteRoutes } from './routes/batch-write.ts';
import { formRoutes } from './routes/forms.ts';
import { ownerRoutes } from './routes/owners.ts';
import { privacyRoute } from './routes/privacy.ts';
import { propertyRoutes } from './routes/properties.ts';
import { recordRoutes } from './routes/records.ts';
import { searchRoute } from './routes/search.ts';
import { Scopes } from './scopes.ts';
import { settingsFrom } from './settings.ts';
import { snapshotOf } from './snapshot.ts';

export const DEFAULT_TOKEN = 'sandbox-hubspot-token';

/** A HubSpot account with its CRM API. Paths below `/hubspot` are those of api.hubapi.com. */
export function hubspot({ env, record }: ProviderContext): Provider {
  const token = env['SANDBOX_HUBSPOT_TOKEN'] || DEFAULT_TOKEN;
  const settings = settingsFrom(env);
  const [account, scopes, webhooks] = [new Account(), new Scopes(), new AutomaticWebhooks()];
  const limits = new Limits(settings);
  const commit = (event: HubspotEvent): void => {
    account.apply(event);
    record(event);
    webhooks.note(event);
  };
  const portal: Portal = { account, settings, scopes, limits, webhooks, commit };
  return {
    name: 'hubspot',
    routes(app) {
      guard(app, token, portal);
      hubspotRoutes(app, portal);
    },
    adminRoutes: (app) => hubspotAdminRoutes(app, portal),
    overview: () => overviewOf(account, settings),
    effects: () => effectsOf(account),
    faultKinds: hubspotFaultKinds,
    prepareFault: (request, fault) => prepareHubspotFault(portal, request, fault),
    replay: (event) => account.apply(event as HubspotEvent),
    snapshot: () => snapshotOf(account),
    reset() {
      for (const part of [account, scopes, limits, webhooks]) part.clear();
      Object.assign(settings, settingsFrom(env));
    },
  };
}

function hubspotRoutes(app: FastifyInstance, portal: Portal): void {
  privacyRoute(app, portal);
  ownerRoutes(app, portal);
  formRoutes(app, portal);
  accountRoutes(app, portal);
  associationRoutes(app, portal);
  for (const facts of kinds) {
    for (const name of [facts.kind, facts.typeId]) {
      const path = `/crm/v3/objects/${name}`;
      propertyRoutes(app, portal, facts, name);
      for (const register of [recordRoutes, batchReadRoute, batchWriteRoutes, searchRoute]) {
        register(app, portal, facts, path);
      }
    }
  }
}

function effectsOf(account: Account): ReturnType<Provider['effects']> {
  const shared = sharedEmails(account.contacts);
  const summaries = [...account.stores.values()].map(({ facts, effects }) => [
    facts.kind,
    effects.summary(facts.kind === 'contacts' ? shared : []),
  ]);
  return Object.fromEntries(summaries) as ReturnType<Provider['effects']>;
}
