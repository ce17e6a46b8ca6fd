import { lookup as resolveName } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import { AddressForbidden } from './connectors.errors.js';
import { kindOfAddress, type AddressKind } from './outside-address.js';

export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

/** All addresses of a name. @throws Error with a `code` of node:dns */
export type Resolve = (hostname: string) => Promise<readonly ResolvedAddress[]>;

export interface OutsideRules {
  /** Whether addresses of this machine and its network may be called, too: by plain HTTP then as well. */
  readonly allowPrivate: boolean;
  /** How names are resolved; the system's resolver when absent. */
  readonly resolve?: Resolve;
}

/**
 * Opens connections for URLs that somebody outside of the code has chosen: `https` to public addresses and, where that
 * is allowed, anything to private ones. A name is resolved once, for the connection itself: all of its addresses are
 * checked, and the connection is made to one of these, so that a name whose answer changes in between gains nothing.
 * Hand it to `BoundedHttp`; redirects are followed by neither.
 *
 * The connection fails with CONNECTORS.ADDRESS_FORBIDDEN, which names the host and no address: what a name of this
 * network resolves to is nobody's business.
 */
export function outsideConnector(rules: OutsideRules, timeoutMs: number): buildConnector.connector {
  const { allowPrivate, resolve = resolveAll } = rules;
  const connectors = {
    'https:': guarded(resolve, allowPrivate ? ['public', 'private'] : ['public'], timeoutMs),
    'http:': guarded(resolve, allowPrivate ? ['private'] : [], timeoutMs),
  };
  return (options, callback) => {
    const connect = connectors[options.protocol as keyof typeof connectors] as
      buildConnector.connector | undefined;
    if (connect) connect(options, callback);
    else callback(AddressForbidden({ details: { host: options.hostname } }), null);
  };
}

function guarded(
  resolve: Resolve,
  allowed: readonly AddressKind[],
  timeoutMs: number,
): buildConnector.connector {
  const connect = buildConnector({ timeout: timeoutMs, lookup: guardedLookup(resolve, allowed) });
  return (options, callback) => {
    // A literal address is never looked up, so it is checked here.
    const literal = options.hostname.replace(/^\[|\]$/g, '');
    if (isIP(literal) && !isAllowed(literal, allowed)) {
      callback(AddressForbidden({ details: { host: options.hostname } }), null);
    } else connect(options, callback);
  };
}

/** A `lookup` of node:net that gives out a name's addresses only when every one of them is allowed. */
export function guardedLookup(resolve: Resolve, allowed: readonly AddressKind[]): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname).then(
      (addresses) => {
        const [first] = addresses;
        const fits = addresses.every(({ address }) => isAllowed(address, allowed));
        if (!first || !fits) callback(AddressForbidden({ details: { host: hostname } }), '');
        else if (options.all) callback(null, [...addresses]);
        else callback(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, ''),
    );
  };
}

function isAllowed(address: string, allowed: readonly AddressKind[]): boolean {
  return allowed.includes(kindOfAddress(address));
}

/** Asks the system's resolver, as connections do. */
export function resolveAll(hostname: string): Promise<readonly ResolvedAddress[]> {
  return resolveName(hostname, { all: true });
}
