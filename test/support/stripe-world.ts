import { connectStripe, type StripeConnector } from '../../src/modules/billing/connectors/connect-stripe.js';
import type { Invoices } from '../../src/modules/billing/connectors/invoices.js';
import type {
  InvoicesWorld,
  NewCustomer,
  NewInvoice,
} from '../../src/modules/billing/connectors/invoices-world.js';
import type { StripeSettings } from '../../src/modules/billing/connectors/stripe-settings.js';
import { startOfDay } from '../../src/shared/calendar/zones.js';
import { LaneGates } from '../../src/shared/messaging/lane-gates.js';
import { FreeRates } from './free-rates.js';
import type { SandboxProcess } from './sandbox-under-test.js';

/** Stripe's adapter over the simulator. */
export class StripeWorld implements InvoicesWorld {
  readonly unknownId = 'in_1Unknown';
  readonly unknownCustomerId = 'cus_Unknown';
  readonly gates = new LaneGates();
  readonly rates = new FreeRates();
  readonly settings: StripeSettings;
  key: string | undefined = 'sk_test_sandbox';
  stripe: StripeConnector;
  private zone = 'Europe/London';

  constructor(readonly sandbox: SandboxProcess) {
    this.settings = { baseUrl: `${sandbox.url}/stripe`, apiKey: async () => this.key };
    this.stripe = this.connect();
  }

  connect(bounds: Parameters<typeof connectStripe>[3] = {}): StripeConnector {
    return connectStripe(this.settings, this.rates, this.gates, {
      ...{ timeoutMs: 1_000, maxBytes: 2_000_000 },
      ...bounds,
    });
  }

  get invoices(): Invoices {
    return this.stripe.invoices;
  }

  async inZone(timeZone: string): Promise<Invoices> {
    await this.admin('PUT', '/account', { timezone: timeZone });
    this.zone = timeZone;
    this.stripe = this.connect();
    return this.invoices;
  }

  async customer({ country, ...given }: NewCustomer): Promise<string> {
    const address = country === undefined ? {} : { address: { country } };
    return (await this.admin('POST', '/customers', { ...given, ...address }))['id'] as string;
  }

  /** Due at a quarter to nine in the evening there: Stripe's due dates are instants. */
  async issue({ customer, minor, currency = 'GBP', dueDate, draft }: NewInvoice): Promise<string> {
    const due = startOfDay(dueDate, this.zone).getTime() / 1_000 + 20.75 * 3_600;
    const hundredths = ['ISK', 'UGX'].includes(currency);
    const invoice = await this.admin('POST', '/invoices', {
      ...{
        customer,
        currency: currency.toLowerCase(),
        amount: hundredths ? minor * 100 : minor,
        due_date: due,
      },
      ...(draft && { status: 'draft' }),
    });
    return invoice['id'] as string;
  }

  async pay(id: string, minor?: number, on?: string): Promise<void> {
    const at = on === undefined ? undefined : startOfDay(on, this.zone).getTime() / 1_000 + 3_600;
    await this.admin('POST', `/invoices/${id}/pay`, { amount: minor, paid_at: at });
  }

  async cancel(id: string): Promise<void> {
    await this.admin('POST', `/invoices/${id}/void`);
  }

  admin(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
    return this.sandbox.admin(method, `/stripe${path}`, body);
  }

  fault(...rules: object[]): Promise<unknown> {
    return this.admin('POST', '/faults', rules);
  }
}
