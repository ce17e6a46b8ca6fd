import { TransportFailure, type BoundedHttp } from '../../../shared/connectors/bounded-http.js';
import type { CodedError } from '../../../shared/kernel/coded-error.js';
import { MailAnswerInvalid, MailCredentialsRefused, MailUnavailable } from '../mail.errors.js';
import type { MailSettings, SmtpOauth } from './mail-settings.js';

/** Renewed this long before its end. */
const marginMs = 60_000;
const tokenShape = /^[\x21-\x7e]{1,8192}$/;

interface AccessToken {
  readonly value: string;
  /** Monotonic. */
  readonly until: number;
  /** Of which refresh token it came. */
  readonly of: string;
}

/**
 * Access tokens for XOAUTH2, by the refresh token of the user (RFC 6749, section 6), kept in this process while they are
 * good. A newer refresh token is stored before the access token is used; those that Google and Microsoft gave before
 * stay good, so processes need not take turns.
 */
export class SmtpTokens {
  private known: AccessToken | undefined;
  private fetching: Promise<AccessToken> | undefined;

  constructor(
    private readonly settings: MailSettings,
    private readonly http: BoundedHttp,
    private readonly monotonicMs: () => number = () => performance.now(),
  ) {}

  /** @throws CodedError */
  async current(oauth: SmtpOauth): Promise<string> {
    const { known } = this;
    if (known && known.of === oauth.refreshToken && known.until > this.monotonicMs()) return known.value;
    this.fetching ??= this.fetch(oauth).finally(() => (this.fetching = undefined));
    this.known = await this.fetching;
    return this.known.value;
  }

  /** The server did not take it. */
  forget(): void {
    this.known = undefined;
  }

  private async fetch({ tokenUrl, clientId, clientSecret, refreshToken }: SmtpOauth): Promise<AccessToken> {
    const form = { grant_type: 'refresh_token', refresh_token: refreshToken, client_id: clientId };
    const body = new URLSearchParams({
      ...form,
      ...(clientSecret && { client_secret: clientSecret }),
    }).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };
    const call = { url: tokenUrl, method: 'POST', headers, body } as const;
    const answer = await this.http.call(call).catch((error: unknown) => {
      throw unavailable(error);
    });
    if (answer.status >= 500 || answer.status === 429) {
      throw MailUnavailable({ details: { status: answer.status, at: 'token endpoint' } });
    }
    if (answer.status !== 200)
      throw MailCredentialsRefused({ details: { status: answer.status, at: 'token endpoint' } });
    const { access, refresh, seconds } = tokensIn(answer.body);
    if (refresh !== undefined && refresh !== refreshToken) await this.settings.keepRefreshToken(refresh);
    const until = this.monotonicMs() + seconds * 1_000 - marginMs;
    return { value: access, until, of: refresh ?? refreshToken };
  }
}

function unavailable(error: unknown): CodedError {
  const transport = error instanceof TransportFailure ? error.code : 'UNKNOWN';
  return MailUnavailable({ details: { transport, at: 'token endpoint' } });
}

function tokensIn(body: string): { access: string; refresh?: string; seconds: number } {
  try {
    const answer = JSON.parse(body) as Record<string, unknown> | null;
    const { access_token: access, refresh_token: refresh, expires_in: seconds } = answer ?? {};
    if (typeof access === 'string' && tokenShape.test(access)) {
      const isNew = typeof refresh === 'string' && tokenShape.test(refresh);
      const lasts = typeof seconds === 'number' && seconds > 0 ? Math.min(seconds, 86_400) : 300;
      return { access, seconds: lasts, ...(isNew && { refresh }) };
    }
  } catch {
    // no JSON
  }
  throw MailAnswerInvalid({ details: { found: 'no access token' } });
}
