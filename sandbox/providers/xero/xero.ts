import type { Provider, ProviderContext } from '../../core/provider.ts';
import { xeroAdminRoutes } from './admin.ts';
import type { Company } from './company.ts';
import type { XeroEvent } from './events.ts';
import { xeroFaultKinds } from './faults.ts';
import { answerErrors, guard } from './gate.ts';
import { Limits } from './limits.ts';
import { Oauth } from './oauth.ts';
import { overviewOf } from './overview.ts';
import { companyRoutes } from './routes/company.ts';
import { connectRoutes } from './routes/connect.ts';
import { invoiceRoutes } from './routes/invoices.ts';
import { settingsFrom } from './settings.ts';
import { snapshotOf } from './snapshot.ts';
import { XeroStore } from './store.ts';
import { Webhooks } from './webhooks.ts';

export const DEFAULT_CLIENT_ID = 'sandbox-xero-client';
export const DEFAULT_CLIENT_SECRET = 'sandbox-xero-secret';

/**
 * A Xero app with an organisation. Below `/xero` are the paths of api.xero.com (`/api.xro/2.0`, `/connections`) and of
 * identity.xero.com (`/connect/token`).
 */
export function xero({ env, record }: ProviderContext): Provider {
  const settings = settingsFrom(env);
  const store = new XeroStore();
  const commit = (event: XeroEvent): void => {
    store.apply(event);
    record(event);
    webhooks.about(event);
  };
  const webhooks = new Webhooks(store, commit);
  const company: Company = {
    store,
    settings,
    webhooks,
    limits: new Limits(settings),
    clientId: env['SANDBOX_XERO_CLIENT_ID'] || DEFAULT_CLIENT_ID,
    clientSecret: env['SANDBOX_XERO_CLIENT_SECRET'] || DEFAULT_CLIENT_SECRET,
    commit,
  };
  const oauth = new Oauth(company);
  return {
    name: 'xero',
    routes(app) {
      answerErrors(app);
      connectRoutes(app, company, oauth);
      app.register(
        async (scope) => {
          guard(scope, company);
          invoiceRoutes(scope, company);
          companyRoutes(scope, company);
        },
        { prefix: '/api.xro/2.0' },
      );
    },
    adminRoutes: (app) => xeroAdminRoutes(app, company),
    overview: () => overviewOf(store, settings),
    effects: () => ({
      invoices: store.effects.summary([]),
      contacts: store.contactEffects.summary([]),
    }),
    faultKinds: xeroFaultKinds,
    prepareFault: () => undefined,
    replay: (event) => store.apply(event as XeroEvent),
    snapshot: () => snapshotOf(store),
    reset() {
      store.clear();
      oauth.clear();
      company.limits.clear();
      webhooks.deliveries.length = 0;
      Object.assign(settings, settingsFrom(env));
    },
  };
}
