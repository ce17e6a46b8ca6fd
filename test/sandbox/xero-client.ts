import { AccountingApi } from 'xero-node/dist/gen/api/accountingApi.js';
import { DEFAULT_TENANT } from '../../sandbox/providers/xero/store.ts';
import { at, request } from './support.ts';
import type { Answer, SandboxUnderTest } from './support.ts';

const client = Buffer.from('sandbox-xero-client:sandbox-xero-secret').toString('base64');

export const tenant = DEFAULT_TENANT;

/** The Xero simulator, by Xero's own client and by plain HTTP. */
export class XeroUnderTest {
  token = '';
  readonly base: string;

  constructor(readonly under: SandboxUnderTest) {
    this.base = `${under.sandbox.url}/xero`;
  }

  get url(): string {
    return this.under.sandbox.url;
  }

  async form(fields: Record<string, string>, basic = client): Promise<Answer> {
    const answer = await fetch(`${this.base}/connect/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(fields),
    });
    return { status: answer.status, body: await answer.json(), headers: answer.headers };
  }

  async login(): Promise<this> {
    this.token = String(at((await this.form({ grant_type: 'client_credentials' })).body, 'access_token'));
    return this;
  }

  /** Consents as a person, and redeems the code. */
  async authorize(scope = 'offline_access accounting.invoices.read'): Promise<Record<string, string>> {
    const redirect = 'https://app.example.com/callback';
    const query = new URLSearchParams({
      ...{ response_type: 'code', client_id: 'sandbox-xero-client', scope, state: 's' },
      redirect_uri: redirect,
    });
    const answer = await fetch(`${this.base}/connect/authorize?${query.toString()}`, { redirect: 'manual' });
    const code = new URL(answer.headers.get('location') ?? '').searchParams.get('code') ?? '';
    const { body } = await this.form({ grant_type: 'authorization_code', code, redirect_uri: redirect });
    return body as Record<string, string>;
  }

  call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const base = path.startsWith('/connections') ? this.base : `${this.base}/api.xro/2.0`;
    return request(method, `${base}${path}`, body, { authorization: `Bearer ${this.token}`, ...headers });
  }

  admin(method: string, path: string, body?: unknown): Promise<Answer> {
    return this.under.admin(method, `/xero${path}`, body);
  }

  get api(): AccountingApi {
    const api = new AccountingApi(`${this.base}/api.xro/2.0`);
    api.accessToken = this.token;
    return api;
  }

  /** A person enters an invoice of 120 that is due on a day. @returns its id */
  async enter(more: object = {}): Promise<string> {
    const invoice = {
      ...{ Type: 'ACCREC', Status: 'AUTHORISED', Contact: { Name: 'Customer One Ltd' } },
      ...{ Date: '2026-10-01', DueDate: '2026-10-31', CurrencyCode: 'GBP' },
      LineItems: [{ Description: 'Work', Quantity: 1, UnitAmount: 100, TaxAmount: 20, AccountCode: '200' }],
      ...more,
    };
    return String(at((await this.admin('POST', '/invoices', invoice)).body, 'InvoiceID'));
  }
}
