import { TransportFailure, type BoundedHttp } from '../../../shared/connectors/bounded-http.js';
import { AuthorizationRefused, CredentialsRefused, NotConnected } from '../billing.errors.js';
import { idOf, invalid, lineOf, listOf, recordOf } from './reading.js';
import { Refusal, codeIn, membersOf } from './refusal.js';
import type { XeroSettings } from './xero-settings.js';

/** What the token endpoint gave out. */
export interface XeroTokenSet {
  readonly accessToken: string;
  /** Absent for a custom connection. */
  readonly refreshToken?: string;
  readonly expiresInMs: number;
}

/** An organisation that an authorization opens. */
export interface XeroTenant {
  readonly id: string;
  readonly name: string;
}

/** Reading invoices, contacts and the organisation's zone; and staying connected (scopes of apps since March 2026). */
export const xeroScopes =
  'offline_access accounting.invoices.read accounting.contacts.read accounting.settings.read';

/**
 * Xero's token endpoint and `/connections`, as documented (https://developer.xero.com/documentation/guides/oauth2/auth-flow).
 * Not by xero-node: its calls of these two have fixed addresses, no deadline and no bound.
 */
export class XeroOauth {
  constructor(
    private readonly settings: XeroSettings,
    private readonly http: BoundedHttp,
  ) {}

  /** The address at which a person consents. */
  consentUrl(options: { state: string; challenge: string; redirectUri: string }): string {
    const url = new URL(this.settings.authorizeUrl);
    url.search = new URLSearchParams({
      response_type: 'code',
      client_id: this.clientId(),
      redirect_uri: options.redirectUri,
      scope: xeroScopes,
      state: options.state,
      code_challenge: options.challenge,
      code_challenge_method: 'S256',
    }).toString();
    return url.toString();
  }

  /** A custom connection's token. @throws CodedError, Refusal, TransportFailure */
  async byCredentials(): Promise<XeroTokenSet> {
    return this.token({ grant_type: 'client_credentials' });
  }

  /** The next pair: the refresh token that is given here is good no more, but for its grace. */
  async byRefresh(refreshToken: string): Promise<XeroTokenSet> {
    return this.token({ grant_type: 'refresh_token', refresh_token: refreshToken });
  }

  /** @throws BILLING.AUTHORIZATION_REFUSED when the code is not taken */
  async byCode(code: string, verifier: string, redirectUri: string): Promise<XeroTokenSet> {
    const form = {
      grant_type: 'authorization_code',
      code,
      redirect_uri: redirectUri,
      code_verifier: verifier,
    };
    try {
      return await this.token(form);
    } catch (error) {
      const refused = error instanceof Refusal && error.status < 500;
      throw refused
        ? AuthorizationRefused({ details: { reason: codeIn(membersOf(error.body)['error']) } })
        : error;
    }
  }

  /** The organisations that a token opens; only those of its own authorization where the token says which that was. */
  async tenants(accessToken: string): Promise<XeroTenant[]> {
    const event = authEventOf(accessToken);
    const query = event ? `?${new URLSearchParams({ authEventId: event }).toString()}` : '';
    const headers = { authorization: `Bearer ${accessToken}`, accept: 'application/json' };
    const url = `${this.settings.baseUrl}/connections${query}`;
    const { status, headers: answered, body } = await this.http.call({ url, method: 'GET', headers });
    if (status !== 200) throw new Refusal(status, answered, body);
    const items = listOf(parsed(body), 'connections', 1_000).map((item) => recordOf(item, 'connection'));
    return items
      .filter((item) => item['tenantType'] === 'ORGANISATION')
      .map((item) => ({ id: idOf(item['tenantId'], 'organisation'), name: lineOf(item['tenantName'], 200) }));
  }

  private clientId(): string {
    if (!this.settings.clientId) throw NotConnected();
    return this.settings.clientId;
  }

  private async token(form: Record<string, string>): Promise<XeroTokenSet> {
    const clientId = this.clientId();
    const secret = await this.settings.clientSecret();
    if (!secret) throw NotConnected();
    const headers = {
      authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
    };
    const body = new URLSearchParams(form).toString();
    const answer = await this.http.call({ url: this.settings.tokenUrl, method: 'POST', headers, body });
    if (answer.status !== 200) throw new Refusal(answer.status, answer.headers, answer.body);
    return tokenSetOf(recordOf(parsed(answer.body), 'token'));
  }
}

/** A refusal of the token endpoint: the app, or its authorization, is not accepted (any more). */
export function explainToken(error: unknown): unknown {
  if (error instanceof TransportFailure || !(error instanceof Refusal) || error.status >= 500) return error;
  if (error.status === 429) return error;
  const reason = codeIn(membersOf(error.body)['error']);
  return CredentialsRefused({ details: { status: error.status, reason } });
}

function tokenSetOf(answer: Record<string, unknown>): XeroTokenSet {
  const { access_token: access, refresh_token: refresh, expires_in: seconds } = answer;
  if (!isToken(access) || (refresh !== undefined && !isToken(refresh))) throw invalid('no token');
  if (typeof seconds !== 'number' || !(seconds > 0 && seconds <= 86_400))
    throw invalid('no lifetime of the token');
  return { accessToken: access, refreshToken: refresh, expiresInMs: seconds * 1_000 };
}

function isToken(value: unknown): value is string {
  return typeof value === 'string' && /^[\x21-\x7e]{1,8000}$/.test(value);
}

/** The authorization that a token came of, by its claim. Nothing rests on it but which connections are listed. */
function authEventOf(accessToken: string): string | undefined {
  const claims = membersOf(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString());
  return codeIn(claims['authentication_event_id']);
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw invalid('no JSON');
  }
}
