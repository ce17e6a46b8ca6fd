import { ChannelClosed, SignatureMissing, SignatureRefused } from '../intake.errors.js';
import type { Headers, Secrets, SignOptions } from './channel.js';
import { basicCredentials, sameText } from './signatures.js';

/** Names in the secret store. */
export interface BasicNames {
  readonly user: string;
  readonly password: string;
}

/**
 * Verifies the credentials that were put into a webhook's address: HTTP basic authentication (RFC 7617), of providers
 * that sign nothing. Any of the valid users with any of the valid passwords fits, compared in constant time.
 * @throws INTAKE.SIGNATURE_MISSING, INTAKE.SIGNATURE_REFUSED; INTAKE.CHANNEL_CLOSED while no user is configured
 */
export function verifyBasic(headers: Headers, secrets: Secrets, { user, password }: BasicNames): void {
  if (secrets(user).length === 0) throw ChannelClosed({ message: 'The channel has no user and is closed.' });
  const given = basicCredentials(headers['authorization']);
  if (!given) throw SignatureMissing({ message: 'The request has no user and password (HTTP basic).' });
  // Both are looked at, so that the time does not tell which of them is wrong.
  const isUser = isOneOf(given.user, secrets(user));
  const isPassword = isOneOf(given.password, secrets(password));
  if (!isUser || !isPassword) throw SignatureRefused({ message: 'The user or the password is not valid.' });
}

/** The header of a request that is to pass. */
export function basicHeaders(
  { secrets }: SignOptions,
  { user, password }: BasicNames,
): Record<string, string> {
  const credentials = `${secrets(user)[0] ?? ''}:${secrets(password)[0] ?? ''}`;
  return { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
}

function isOneOf(given: string, valid: readonly string[]): boolean {
  return valid.filter((value) => sameText(given, value)).length > 0;
}
