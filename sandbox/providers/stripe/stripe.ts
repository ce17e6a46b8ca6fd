import type { Provider, ProviderContext } from '../../core/provider.ts';
import { RollingWindow } from '../../core/rolling-window.ts';
import type { Account } from './account.ts';
import { stripeAdminRoutes } from './admin.ts';
import type { StripeEvent } from './events.ts';
import { stripeFaultKinds } from './faults.ts';
import { guard } from './gate.ts';
import { Idempotency } from './idempotency.ts';
import { overviewOf } from './overview.ts';
import { invoiceRoutes } from './routes/invoices.ts';
import { otherRoutes } from './routes/others.ts';
import { settingsFrom } from './settings.ts';
import { snapshotOf } from './snapshot.ts';
import { StripeStore } from './store.ts';
import { Webhooks } from './webhooks.ts';

export const DEFAULT_KEY = 'sk_test_sandbox';

/** A Stripe account with its invoices and customers. Paths below `/stripe` are those of api.stripe.com. */
export function stripe({ env, record }: ProviderContext): Provider {
  const settings = settingsFrom(env);
  const store = new StripeStore();
  const account: Account = {
    store,
    settings,
    webhooks: new Webhooks(store),
    apiKey: env['SANDBOX_STRIPE_KEY'] || DEFAULT_KEY,
    commit(event: StripeEvent): void {
      store.apply(event);
      record(event);
    },
  };
  const idempotency = new Idempotency(account);
  const window = new RollingWindow(1_000);
  return {
    name: 'stripe',
    routes(app) {
      guard(app, account, window);
      invoiceRoutes(app, account, idempotency);
      otherRoutes(app, account, idempotency);
    },
    adminRoutes: (app) => stripeAdminRoutes(app, account),
    overview: () => overviewOf(store, settings),
    effects: () => ({
      invoices: store.effects.summary([]),
      customers: store.customerEffects.summary([]),
    }),
    faultKinds: stripeFaultKinds,
    prepareFault: () => undefined,
    replay: (event) => store.apply(event as StripeEvent),
    snapshot: () => snapshotOf(store),
    reset() {
      store.clear();
      idempotency.clear();
      window.clear();
      account.webhooks.deliveries.length = 0;
      Object.assign(settings, settingsFrom(env));
    },
  };
}
