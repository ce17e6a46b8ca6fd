import type { EndpointCallResult } from '../contracts.js';
import type { Endpoint } from '../domain/http-endpoint.js';

/** One call of an endpoint. A retry differs in nothing but the time of its signature. */
export interface EndpointCall {
  /** The key under which the endpoint does it once. */
  readonly reference: string;
  /** What it is: `signalbox.call`, `signalbox.ping`. */
  readonly type: string;
  /** When it was decided. */
  readonly at: Date;
  readonly data: object;
}

/**
 * Systems that the product knows nothing of but an address. All errors are coded (`endpoint.errors.ts`, `CONNECTORS.*`);
 * those that are not `uncertain` say that the call was not carried out.
 */
export abstract class Endpoints {
  /** @param now when it is signed */
  abstract call(
    endpoint: Endpoint,
    call: EndpointCall,
    now: Date,
    signal?: AbortSignal,
  ): Promise<EndpointCallResult>;
}
