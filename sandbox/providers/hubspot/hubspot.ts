import type { Provider, ProviderContext } from '../../core/provider.ts';
import { hubspotAdminRoutes } from './admin.ts';
import { ContactStore } from './contact-store.ts';
import type { HubspotEvent } from './events.ts';
import { hubspotFaultKinds, prepareHubspotFault } from './faults.ts';
import { guard } from './gate.ts';
import { Limits } from './limits.ts';
import { overviewOf, sharedEmails } from './overview.ts';
import type { Portal } from './portal.ts';
import { batchReadRoute } from './routes/batch-read.ts';
import { batchWriteRoutes } from './routes/batch-write.ts';
import { contactRoutes } from './routes/contacts.ts';
import { propertyRoutes } from './routes/properties.ts';
import { searchRoute } from './routes/search.ts';
import { settingsFrom } from './settings.ts';
import { snapshotOf } from './snapshot.ts';

export const DEFAULT_TOKEN = 'sandbox-hubspot-token';

/** A HubSpot account with its CRM API for contacts. Paths below `/hubspot` are those of api.hubapi.com. */
export function hubspot({ env, record }: ProviderContext): Provider {
  const token = env['SANDBOX_HUBSPOT_TOKEN'] || DEFAULT_TOKEN;
  const settings = settingsFrom(env);
  const store = new ContactStore();
  const limits = new Limits(settings);
  const commit = (event: HubspotEvent): void => {
    store.apply(event);
    record(event);
  };
  const portal: Portal = { store, settings, limits, commit };
  return {
    name: 'hubspot',
    routes(app) {
      guard(app, token, settings, limits);
      for (const register of [contactRoutes, batchReadRoute, batchWriteRoutes, searchRoute, propertyRoutes]) {
        register(app, portal);
      }
    },
    adminRoutes: (app) => hubspotAdminRoutes(app, portal),
    overview: () => overviewOf(store, settings),
    effects: () => ({ contacts: store.effects.summary(sharedEmails(store)) }),
    faultKinds: hubspotFaultKinds,
    prepareFault: (request, fault) => prepareHubspotFault(portal, request, fault),
    replay: (event) => store.apply(event as HubspotEvent),
    snapshot: () => snapshotOf(store),
    reset() {
      store.clear();
      limits.clear();
      Object.assign(settings, settingsFrom(env));
    },
  };
}
