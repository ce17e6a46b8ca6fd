import Stripe from 'stripe';
import { at } from './support.ts';
import type { Answer, SandboxUnderTest } from './support.ts';

export const key = 'sk_test_sandbox';

/** The Stripe simulator, by Stripe's own client and by plain HTTP. */
export class StripeUnderTest {
  readonly base: string;
  readonly client: Stripe;

  constructor(readonly under: SandboxUnderTest) {
    this.base = `${under.sandbox.url}/stripe`;
    // The client has no base path: the simulator's is put before what it asks for.
    const rewritten = (input: URL | string | Request, init?: RequestInit) => {
      const { pathname, search } = new URL(input instanceof Request ? input.url : input);
      return fetch(`${this.base}${pathname}${search}`, init);
    };
    this.client = new Stripe(key, {
      httpClient: Stripe.createFetchHttpClient(rewritten),
      maxNetworkRetries: 0,
      telemetry: false,
    });
  }

  async call(
    method: string,
    path: string,
    form?: string,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const answer = await fetch(`${this.base}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
        ...headers,
      },
      body: form,
    });
    const text = await answer.text();
    const isJson = answer.headers.get('content-type')?.includes('json') ?? false;
    return { status: answer.status, body: isJson ? JSON.parse(text) : text, headers: answer.headers };
  }

  admin(method: string, path: string, body?: unknown): Promise<Answer> {
    return this.under.admin(method, `/stripe${path}`, body);
  }

  async customer(more: object = {}): Promise<string> {
    const person = { name: 'Customer One', email: 'one@example.com', phone: '+15550100001', ...more };
    return String(at((await this.admin('POST', '/customers', person)).body, 'id'));
  }

  /** A person sends an invoice of 120.00 pounds. @returns its id */
  async enter(customer: string, more: object = {}): Promise<string> {
    const invoice = { customer, amount: 12_000, due_date: 1_793_404_800, ...more };
    return String(at((await this.admin('POST', '/invoices', invoice)).body, 'id'));
  }
}
