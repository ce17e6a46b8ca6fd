import { createHash } from 'node:crypto';
import type { BoundedHttp } from '../../../shared/connectors/bounded-http.js';
import { AnswerInvalid, CredentialsRefused, NotConnected } from '../support.errors.js';
import { Refusal } from './zendesk-errors.js';
import type { ZendeskSettings } from './zendesk-settings.js';

export interface ZendeskToken {
  readonly value: string;
  readonly scopes: readonly string[];
}

interface Kept {
  /** Of which client and secret it is, so that a rotated one counts at once. */
  readonly of: string;
  readonly until: number;
  readonly token: Promise<ZendeskToken>;
}

/** It is renewed so long before it ends. */
const marginMs = 60_000;
/** Where Zendesk does not say when it ends. */
const unsaidMs = 1_800_000;
/** The least that reads all; what writes will ask for more. */
const wantedScope = 'read';

/**
 * Access tokens by OAuth's client credentials
 * (https://developer.zendesk.com/documentation/api-basics/authentication/oauth-client-credentials/). Each process has one
 * of its own: giving out another takes nothing from those before.
 */
export class ZendeskTokens {
  private kept: Kept | undefined;

  constructor(
    private readonly settings: ZendeskSettings,
    private readonly http: BoundedHttp,
    private readonly now: () => Date,
  ) {}

  /** @throws SUPPORT.NOT_CONNECTED, SUPPORT.CREDENTIALS_REFUSED, Refusal, TransportFailure */
  async current(): Promise<ZendeskToken> {
    const { clientId, baseUrl } = this.settings;
    const secret = await this.settings.clientSecret();
    if (baseUrl === undefined || clientId === undefined || secret === undefined) throw NotConnected();
    const of = createHash('sha256').update(`${clientId}\n${secret}`).digest('base64');
    const known = this.kept;
    if (known?.of === of && known.until > this.now().getTime()) return known.token;
    const asked = this.ask(`${baseUrl}/oauth/tokens`, clientId, secret);
    const asking = asked.then(({ token }) => token);
    asking.catch(() => undefined); // told below to whoever asked
    const kept = { of, until: this.now().getTime() + marginMs, token: asking };
    this.kept = kept;
    try {
      const { token, lifeMs } = await asked;
      const until = this.now().getTime() + Math.max(0, lifeMs - marginMs);
      if (this.kept === kept) this.kept = { ...kept, until };
      return token;
    } catch (error) {
      if (this.kept === kept) this.kept = undefined;
      throw error;
    }
  }

  /** Forgets a token that Zendesk did not take. */
  forget(): void {
    this.kept = undefined;
  }

  private async ask(
    url: string,
    clientId: string,
    secret: string,
  ): Promise<{ token: ZendeskToken; lifeMs: number }> {
    const headers = { 'content-type': 'application/json', accept: 'application/json' };
    const asked = { grant_type: 'client_credentials', client_id: clientId, client_secret: secret };
    const body = JSON.stringify({ ...asked, scope: wantedScope });
    const answer = await this.http.call({ url, method: 'POST', headers, body });
    const { status } = answer;
    if (status === 400 || status === 401 || status === 403) {
      throw CredentialsRefused({ details: { status } });
    }
    if (status < 200 || status > 299) throw new Refusal(status, answer.headers, answer.body);
    return tokenOf(answer.body);
  }
}

function tokenOf(body: string): { token: ZendeskToken; lifeMs: number } {
  const answer = parsed(body);
  const { access_token: value, scope, expires_in: seconds } = answer;
  if (typeof value !== 'string' || !/^[\x21-\x7e]{1,4000}$/.test(value)) {
    throw AnswerInvalid({ details: { found: 'no token' } });
  }
  const scopes = typeof scope === 'string' ? scope.slice(0, 2_000).split(' ') : [];
  const isSaid = typeof seconds === 'number' && seconds > 0 && seconds < 1e9;
  return { token: { value, scopes }, lifeMs: isSaid ? seconds * 1_000 : unsaidMs };
}

function parsed(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw AnswerInvalid({ details: { found: 'no JSON' } });
}
