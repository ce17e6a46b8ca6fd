import type { Stripe } from 'stripe';
import {
  TransportFailure,
  type BoundedHttp,
  type HttpCall,
} from '../../../shared/connectors/bounded-http.js';
import type { Connector } from '../../../shared/connectors/connector.js';
import type { RateBucket } from '../../../shared/connectors/rate-bucket.js';
import { NotConnected } from '../billing.errors.js';
import { invalid } from './reading.js';
import { Refusal } from './refusal.js';
import type { StripeSettings } from './stripe-settings.js';

/** The version that this adapter was written for: the client's own, stated so that an update of it is a decision. */
export const stripeVersion = '2026-10-28.endive';

export interface StripeApiParts {
  readonly settings: StripeSettings;
  readonly connector: Connector;
  readonly http: BoundedHttp;
  readonly calls: RateBucket;
}

/** Which invoices; all parts narrow. */
export interface StripeListing {
  readonly status: 'open';
  readonly collection_method?: 'send_invoice';
  readonly customer?: string;
  readonly due_date?: { readonly lt: number };
  readonly starting_after?: string;
  /** At most 100. */
  readonly limit: number;
}

/**
 * The calls of Stripe's API that the product makes, through the stripe package, which is loaded at the first call. It
 * gets a fetch of our own: bounded, with one deadline, aborted with the lease. Answers are unchecked.
 */
export class StripeApi {
  constructor(private readonly parts: StripeApiParts) {}

  async invoices(listing: StripeListing, signal?: AbortSignal): Promise<unknown> {
    return this.require(
      await this.call(signal, (stripe) => stripe.invoices.list({ ...listing, expand: ['data.payments'] })),
    );
  }

  /** With its payments, and its customer as it is now. Undefined when there is none. */
  async invoice(id: string, signal?: AbortSignal): Promise<unknown> {
    return this.call(signal, (stripe) => stripe.invoices.retrieve(id, { expand: ['customer', 'payments'] }));
  }

  /** Undefined when there is none; one that was deleted is answered with its id alone. */
  async customer(id: string, signal?: AbortSignal): Promise<unknown> {
    return this.call(signal, (stripe) => stripe.customers.retrieve(id));
  }

  async account(signal?: AbortSignal): Promise<unknown> {
    return this.require(await this.call(signal, (stripe) => stripe.accounts.retrieve(null)));
  }

  private require(answer: unknown): unknown {
    if (answer === undefined) throw invalid('nothing at the address of the API');
    return answer;
  }

  /** A client for each call (a third of a millisecond): it takes an abort signal from no other place. */
  private async call(
    signal: AbortSignal | undefined,
    send: (stripe: Stripe) => Promise<unknown>,
  ): Promise<unknown> {
    const { connector, calls, settings, http } = this.parts;
    return connector.call(calls, signal, async () => {
      const apiKey = await settings.apiKey();
      if (!apiKey) throw NotConnected();
      const { default: Client } = await import('stripe');
      const exchange = new Exchange(http, settings.baseUrl, signal);
      const stripe = new Client(apiKey, {
        apiVersion: stripeVersion,
        httpClient: Client.createFetchHttpClient((url, init) => exchange.fetch(url, init)),
        maxNetworkRetries: 0,
        telemetry: false,
      });
      // Not every refusal makes the package throw: it looks for an error in the body, not at the status.
      const answer = await send(stripe).catch(() => (exchange.failure ??= invalid('another form')));
      if (!exchange.failure) return answer;
      if (exchange.failure instanceof Refusal && exchange.failure.status === 404) return undefined;
      throw exchange.failure;
    });
  }
}

/** The transport of one call, and what went wrong in it. */
class Exchange {
  failure: Error | undefined;

  constructor(
    private readonly http: BoundedHttp,
    private readonly baseUrl: string,
    private readonly signal: AbortSignal | undefined,
  ) {}

  /** The package has no base path: ours is put before the path that it asks for. */
  async fetch(url: string | URL | Request, init: RequestInit = {}): Promise<Response> {
    const { pathname, search } = new URL(url instanceof Request ? url.url : url);
    try {
      const answer = await this.http.call({
        url: `${this.baseUrl}${pathname}${search}`,
        method: (init.method ?? 'GET') as HttpCall['method'],
        headers: Object.fromEntries(new Headers(init.headers)),
        body: typeof init.body === 'string' ? init.body : undefined,
        signal: this.signal,
      });
      if (answer.status !== 200) this.failure = new Refusal(answer.status, answer.headers, answer.body);
      return new Response(answer.body, { status: answer.status === 200 ? 200 : 400 });
    } catch (error) {
      this.failure = error as Error;
      // Without the code of the transport: the package tries a closed connection again, whatever it is told.
      throw error instanceof TransportFailure ? new Error('no answer') : error;
    }
  }
}
