import { createHash, createSecretKey } from 'node:crypto';
import { connectXero, type XeroConnector } from '../../src/modules/billing/connectors/connect-xero.js';
import type { Invoices } from '../../src/modules/billing/connectors/invoices.js';
import type {
  InvoicesWorld,
  NewCustomer,
  NewInvoice,
} from '../../src/modules/billing/connectors/invoices-world.js';
import type { XeroSettings } from '../../src/modules/billing/connectors/xero-settings.js';
import { exponentOf } from '../../src/modules/billing/domain/money.js';
import { OauthGrants } from '../../src/modules/billing/persistence/oauth-grants.js';
import { KeyRing } from '../../src/shared/crypto/key-ring.js';
import { LaneGates } from '../../src/shared/messaging/lane-gates.js';
import type { TestDatabase } from './database.js';
import { FreeRates } from './free-rates.js';
import type { SandboxProcess } from './sandbox-under-test.js';

export const masterKey = createSecretKey(createHash('sha256').update('test').digest());

const zones: Readonly<Record<string, string>> = {
  'Pacific/Auckland': 'NEWZEALANDSTANDARDTIME',
  'America/New_York': 'EASTERNSTANDARDTIME',
  'Europe/London': 'GMTSTANDARDTIME',
};

/** Xero's adapter over the simulator and a real database. */
export class XeroWorld implements InvoicesWorld {
  readonly unknownId = '00000000-0000-4000-8000-000000000000';
  readonly unknownCustomerId = '00000000-0000-4000-8000-000000000001';
  readonly gates = new LaneGates();
  readonly rates = new FreeRates();
  readonly grants: OauthGrants;
  readonly settings: XeroSettings;
  now = new Date();
  xero: XeroConnector;

  constructor(
    readonly sandbox: SandboxProcess,
    db: TestDatabase,
    settings: Partial<XeroSettings> = {},
  ) {
    this.grants = new OauthGrants(db.database, new KeyRing(db.database, masterKey));
    this.settings = {
      baseUrl: `${sandbox.url}/xero`,
      tokenUrl: `${sandbox.url}/xero/connect/token`,
      authorizeUrl: `${sandbox.url}/xero/connect/authorize`,
      clientId: 'sandbox-xero-client',
      tenantId: undefined,
      clientSecret: async () => 'sandbox-xero-secret',
      ...settings,
    };
    this.xero = this.connect();
  }

  /** As another process would. */
  connect(bounds: Parameters<typeof connectXero>[1] = {}): XeroConnector {
    const { settings, grants, rates, gates } = this;
    const world = { settings, grants, rates, gates, now: () => this.now };
    return connectXero(world, { timeoutMs: 1_000, maxBytes: 2_000_000, ...bounds });
  }

  get invoices(): Invoices {
    return this.xero.invoices;
  }

  async inZone(timeZone: string): Promise<Invoices> {
    await this.admin('PUT', '/organisation', { timezone: zones[timeZone] });
    this.xero = this.connect();
    return this.invoices;
  }

  async customer({ name, email, phone, country }: NewCustomer): Promise<string> {
    const phones = [{ PhoneType: 'DEFAULT', PhoneNumber: phone }];
    const contact = await this.admin('POST', '/contacts', {
      Name: name,
      EmailAddress: email,
      Phones: phones,
      ...(country && { Addresses: [{ AddressType: 'POBOX', Country: country }] }),
    });
    return contact['ContactID'] as string;
  }

  async issue({ customer, minor, currency = 'GBP', dueDate, draft }: NewInvoice): Promise<string> {
    const amount = minor / 10 ** exponentOf(currency);
    const invoice = await this.admin('POST', '/invoices', {
      ...{ Type: 'ACCREC', Status: draft ? 'DRAFT' : 'AUTHORISED', Contact: { ContactID: customer } },
      ...{ Date: '2026-10-01', DueDate: dueDate, CurrencyCode: currency },
      LineItems: [{ Description: 'Work', Quantity: 1, UnitAmount: amount, AccountCode: '200' }],
    });
    return invoice['InvoiceID'] as string;
  }

  async pay(id: string, minor?: number, on?: string): Promise<void> {
    const amount = minor === undefined ? undefined : minor / 100;
    await this.admin('POST', `/invoices/${id}/payments`, { amount, date: on });
  }

  async cancel(id: string): Promise<void> {
    await this.admin('PUT', `/invoices/${id}`, { Status: 'VOIDED' });
  }

  admin(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
    return this.sandbox.admin(method, `/xero${path}`, body);
  }

  fault(...rules: object[]): Promise<unknown> {
    return this.admin('POST', '/faults', rules);
  }
}
