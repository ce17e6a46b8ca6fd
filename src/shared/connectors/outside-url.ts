import { isIP } from 'node:net';
import { kindOfAddress } from './outside-address.js';

/** The origin of a URL, as `privateOrigins` has them; undefined when it is none. */
export function originOf(text: string): string | undefined {
  return URL.canParse(text) ? new URL(text).origin : undefined;
}

/**
 * What can be told to be wrong with a URL that somebody chose, without asking a resolver: it is not https, names an
 * address that is not public, or carries credentials. What its name leads to is checked when it is called
 * (`outsideConnector`).
 * @param privateOrigins origins of this network that may be called, too, by plain HTTP then as well
 * @returns what is wrong, to be put behind `the url …`
 */
export function outsideUrlProblem(text: string, privateOrigins: ReadonlySet<string>): string | undefined {
  if (!URL.canParse(text)) return 'is none';
  const { protocol, hostname, username, password, hash, origin } = new URL(text);
  if (username !== '' || password !== '') return 'carries credentials: they belong into the secret store';
  if (hash !== '') return 'has a fragment, which is never sent';
  if (!['https:', 'http:'].includes(protocol)) return 'is not of https';
  if (privateOrigins.has(origin)) return undefined;
  if (protocol !== 'https:') return 'is not of https';
  const host = hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0 && kindOfAddress(host) !== 'public') return 'is an address that is not public';
  if (/(^|\.)(localhost|local|internal)\.?$/.test(host)) return 'is a name of this network';
  return undefined;
}
