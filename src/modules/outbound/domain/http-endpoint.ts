import { EndpointUnknown } from '../endpoint.errors.js';

/** An endpoint as the policy describes it. */
export interface EndpointEntry {
  readonly url: string;
  /** The name of what signs requests to it, in the secret store. */
  readonly secret?: string;
  /** For how many hours after it first came it honours an `Idempotency-Key`. None: it honours none. */
  readonly honoursKeyHours?: number;
  readonly timeoutMs?: number;
  /** Calls a second, of all processes. */
  readonly perSecond?: number;
  /** JSON Pointer (RFC 6901) to the part of its answer that is kept. */
  readonly resultPointer?: string;
  /** Sent along; nothing secret. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface EndpointsPolicy {
  readonly endpoints: Readonly<Record<string, EndpointEntry>>;
}

/** With its name, and what the policy leaves out. */
export interface Endpoint {
  readonly name: string;
  readonly url: string;
  readonly secret: string;
  readonly keyHonouredMs: number;
  readonly timeoutMs: number;
  readonly perSecond: number;
  readonly resultPointer: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

export const defaultSecret = 'endpoints.signing-secret';
const hourMs = 3_600_000;

/** @throws OUTBOUND.ENDPOINT_UNKNOWN */
export function endpointOf({ endpoints }: EndpointsPolicy, name: string): Endpoint {
  const entry = Object.hasOwn(endpoints, name) ? endpoints[name] : undefined;
  if (!entry) throw EndpointUnknown({ details: { endpoint: name } });
  return {
    name,
    url: entry.url,
    secret: entry.secret ?? defaultSecret,
    keyHonouredMs: (entry.honoursKeyHours ?? 0) * hourMs,
    timeoutMs: entry.timeoutMs ?? 10_000,
    perSecond: entry.perSecond ?? 10,
    resultPointer: entry.resultPointer,
    headers: entry.headers ?? {},
  };
}

/** The value at a JSON Pointer (RFC 6901); undefined when there is none. */
export function valueAt(value: unknown, pointer: string): unknown {
  const tokens = pointer.split('/').slice(1);
  return tokens.reduce<unknown>((inner, token) => {
    const key = token.replaceAll('~1', '/').replaceAll('~0', '~');
    const isHolder = typeof inner === 'object' && inner !== null && Object.hasOwn(inner, key);
    return isHolder ? (inner as Record<string, unknown>)[key] : undefined;
  }, value);
}
