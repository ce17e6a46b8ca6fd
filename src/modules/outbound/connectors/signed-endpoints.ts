import { BoundedHttp, TransportFailure, type HttpAnswer } from '../../../shared/connectors/bounded-http.js';
import { Breaker } from '../../../shared/connectors/breaker.js';
import { Connector } from '../../../shared/connectors/connector.js';
import { outsideConnector, type OutsideRules } from '../../../shared/connectors/outside-guard.js';
import { originOf } from '../../../shared/connectors/outside-url.js';
import { RateBucket, type RateStore } from '../../../shared/connectors/rate-bucket.js';
import type { LaneGates } from '../../../shared/messaging/lane-gates.js';
import type { EndpointCallResult } from '../contracts.js';
import type { Endpoint } from '../domain/http-endpoint.js';
import { EndpointRequestInvalid, EndpointSecretMissing } from '../endpoint.errors.js';
import { readAnswer } from './endpoint-answer.js';
import { EndpointRefusal, explainEndpoint } from './endpoint-errors.js';
import { signatureHeaders } from './endpoint-signature.js';
import { Endpoints, type EndpointCall } from './endpoints.js';

const bounds = { timeoutMs: 10_000, maxBytes: 256 * 1024, connections: 4 };
const connectMs = 5_000;
const mostSent = 64 * 1024;

export interface SignedEndpointsParts {
  /** The secrets of a name that are valid, the newest first. */
  readonly secrets: (name: string) => Promise<readonly string[]>;
  readonly rates: RateStore;
  readonly gates: LaneGates;
  /** Origins of this network that may be called, too. */
  readonly privateOrigins: ReadonlySet<string>;
  /** For tests: how names are resolved. */
  readonly resolve?: OutsideRules['resolve'];
}

/** One endpoint's own breaker and budget: one that is down holds up no other. */
interface Line {
  readonly url: string;
  readonly perSecond: number;
  readonly connector: Connector;
  readonly bucket: RateBucket;
}

/** Endpoints by HTTP POST of JSON, signed by Standard Webhooks, under an `Idempotency-Key`. */
export class SignedEndpoints extends Endpoints {
  private readonly outside: BoundedHttp;
  private readonly inside: BoundedHttp;
  private readonly lines = new Map<string, Line>();

  constructor(private readonly parts: SignedEndpointsParts) {
    super();
    const { resolve } = parts;
    this.outside = new BoundedHttp(bounds, outsideConnector({ allowPrivate: false, resolve }, connectMs));
    this.inside = new BoundedHttp(bounds, outsideConnector({ allowPrivate: true, resolve }, connectMs));
  }

  async call(
    endpoint: Endpoint,
    call: EndpointCall,
    now: Date,
    signal?: AbortSignal,
  ): Promise<EndpointCallResult> {
    const { reference } = call;
    const body = bodyOf(call);
    const secrets = (await this.parts.secrets(endpoint.secret)).filter((secret) =>
      secret.startsWith('whsec_'),
    );
    if (secrets.length === 0) throw EndpointSecretMissing({ details: { secret: endpoint.secret } });
    const headers = {
      ...endpoint.headers,
      ...{ 'content-type': 'application/json', accept: 'application/json', 'accept-encoding': 'identity' },
      ...{ 'user-agent': 'signalbox', 'idempotency-key': reference },
      ...signatureHeaders(body, { id: reference, now, secrets }),
    };
    const { connector, bucket } = this.lineOf(endpoint);
    const { status, ...rest } = await connector.call(bucket, signal, () =>
      this.exchange(endpoint, headers, body, signal),
    );
    return { reference, status, ...rest };
  }

  private async exchange(
    { url, timeoutMs, keyHonouredMs, resultPointer }: Endpoint,
    headers: Readonly<Record<string, string>>,
    body: string,
    signal?: AbortSignal,
  ): Promise<Omit<EndpointCallResult, 'reference'>> {
    const http = this.parts.privateOrigins.has(originOf(url) ?? '') ? this.inside : this.outside;
    const answer = await http
      .call({ url, method: 'POST', headers, body, timeoutMs, signal })
      .catch((error: unknown) => begunIn(error));
    const { status } = answer;
    if (status < 200 || status > 299) throw new EndpointRefusal(answer, keyHonouredMs > 0);
    if (!('body' in answer)) return { status, body: null, complete: false };
    return { status, ...readAnswer(answer, resultPointer) };
  }

  private lineOf({ name, url, perSecond }: Endpoint): Line {
    const known = this.lines.get(name);
    if (known?.url === url && known.perSecond === perSecond) return known;
    const { rates, gates } = this.parts;
    // No lane has this name: whatever it closes is its own.
    const own = `http:${name}`;
    const parts = { name: own, breaker: new Breaker(own, gates), gates, explain: explainEndpoint };
    const bucket = new RateBucket(rates, own, { max: perSecond, intervalMs: 1_000 });
    const line: Line = { url, perSecond, connector: new Connector(parts), bucket };
    this.lines.set(name, line);
    return line;
  }
}

/** An answer that began and was lost, was too large or never ended has still said what became of the call. */
function begunIn(error: unknown): Omit<HttpAnswer, 'body'> {
  if (error instanceof TransportFailure && error.begun) return error.begun;
  throw error;
}

function bodyOf({ reference, type, at, data }: EndpointCall): string {
  let body: string;
  try {
    body = JSON.stringify({ type, timestamp: at.toISOString(), data, resume: { key: reference } });
  } catch (cause) {
    throw EndpointRequestInvalid({ details: { problem: 'not JSON' }, cause });
  }
  if (Buffer.byteLength(body) > mostSent) {
    throw EndpointRequestInvalid({ details: { problem: `more than ${mostSent} bytes` } });
  }
  return body;
}
