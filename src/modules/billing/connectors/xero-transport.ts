import type { Authentication } from 'xero-node/dist/gen/model/accounting/models.js';
import type { BoundedHttp } from '../../../shared/connectors/bounded-http.js';
import { parseJsonBounded } from '../../../shared/http/parse-json.js';
import { invalid } from './reading.js';
import { Refusal } from './refusal.js';

type Options = Parameters<Authentication['applyToRequest']>[0];
/** The client's own types of a transport, through it: axios is its dependency, not ours. */
type Adapter = Extract<NonNullable<Options['adapter']>, (...given: never[]) => unknown>;
type Request = Parameters<Adapter>[0];
type Answer = Awaited<ReturnType<Adapter>>;

/** A page of a thousand invoices with their contacts has some sixty thousand members. */
const mostMembers = 200_000;

/**
 * The transport of one call of xero-node. Its generated methods hand the request to an authentication before they send
 * it, and that is where the bounded transport is put into it: the client's own has no deadline, no bound and no abort,
 * and shares the defaults of every axios in the process. What went wrong is kept in `failure`, since the client makes a
 * text of whatever is thrown.
 */
export class XeroTransport implements Authentication {
  failure: Error | undefined;

  constructor(
    private readonly http: BoundedHttp,
    private readonly signal: AbortSignal | undefined,
  ) {}

  applyToRequest(options: Options): void {
    options.adapter = (config) => this.exchange(config);
  }

  private async exchange(config: Request): Promise<Answer> {
    try {
      const answer = await this.http.call({
        url: addressOf(config),
        method: 'GET',
        headers: headersOf(config),
        signal: this.signal,
      });
      if (answer.status !== 200) throw new Refusal(answer.status, answer.headers, answer.body);
      const { status, headers, body } = answer;
      return { status, statusText: '', headers: { ...headers }, config, data: dataOf(body) };
    } catch (error) {
      this.failure = error as Error;
      throw error;
    }
  }
}

function addressOf({ url = '', params, method }: Request): string {
  if (method?.toUpperCase() !== 'GET') throw new Error('the product only reads at Xero');
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries((params ?? {}) as Record<string, unknown>)) {
    if (typeof value === 'string' || typeof value === 'number') query.set(name, String(value));
  }
  return query.size > 0 ? `${url}?${query.toString()}` : url;
}

function headersOf({ headers }: Request): Record<string, string> {
  const sent: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers.toJSON())) {
    if (typeof value === 'string' || typeof value === 'number') sent[name] = String(value);
  }
  return sent;
}

function dataOf(body: string): unknown {
  try {
    return parseJsonBounded(Buffer.from(body), { maxKeys: mostMembers });
  } catch {
    throw invalid('no JSON');
  }
}
