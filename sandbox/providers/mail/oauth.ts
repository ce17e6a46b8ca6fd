import { randomBytes } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { MailSettings } from './mailbox.ts';

/** The app and the user's consent that the token endpoint knows. */
const APP = { client_id: 'sandbox-smtp-client', client_secret: 'sandbox-smtp-secret' };
const FIRST_REFRESH_TOKEN = 'sandbox-smtp-refresh';
const MOST = 1_000;

/** Access tokens for XOAUTH2. They end by their time, and with the process. */
export class SmtpTokens {
  private readonly settings: MailSettings;
  private readonly goodUntil = new Map<string, number>();
  private readonly refreshTokens = new Set([FIRST_REFRESH_TOKEN]);

  constructor(settings: MailSettings) {
    this.settings = settings;
  }

  isGood(token: string | undefined): boolean {
    return token !== undefined && (this.goodUntil.get(token) ?? 0) > Date.now();
  }

  isRefreshToken(token: string | undefined): boolean {
    return token !== undefined && this.refreshTokens.has(token);
  }

  /** A new pair. Earlier refresh tokens stay good, as Microsoft keeps them. */
  issue(): { access_token: string; refresh_token: string; expires_in: number; token_type: string } {
    const [access_token, refresh_token] = [text(), text()];
    this.goodUntil.set(access_token, Date.now() + this.settings.tokenSeconds * 1_000);
    this.refreshTokens.add(refresh_token);
    const [oldest] = this.goodUntil.keys();
    if (this.goodUntil.size > MOST && oldest !== undefined) this.goodUntil.delete(oldest);
    return { access_token, refresh_token, expires_in: this.settings.tokenSeconds, token_type: 'Bearer' };
  }

  clear(): void {
    this.goodUntil.clear();
    this.refreshTokens.clear();
    this.refreshTokens.add(FIRST_REFRESH_TOKEN);
  }
}

/** `POST /mail/oauth/token`: RFC 6749, section 6. */
export function tokenRoute(app: FastifyInstance, tokens: SmtpTokens): void {
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))),
  );
  app.post('/oauth/token', (request, reply) => {
    const form = (request.body ?? {}) as Record<string, string | undefined>;
    const isApp = form['client_id'] === APP.client_id && form['client_secret'] === APP.client_secret;
    if (!isApp) return reply.code(401).send({ error: 'invalid_client' });
    if (form['grant_type'] !== 'refresh_token')
      return reply.code(400).send({ error: 'unsupported_grant_type' });
    if (!tokens.isRefreshToken(form['refresh_token']))
      return reply.code(400).send({ error: 'invalid_grant' });
    return tokens.issue();
  });
}

const text = (): string => randomBytes(24).toString('base64url');
