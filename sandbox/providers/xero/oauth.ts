import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { JsonObject } from '../../core/json.ts';
import type { Company } from './company.ts';
import { oauthError } from './errors.ts';
import type { AccessToken, Grant } from './events.ts';
import { DEFAULT_TENANT } from './store.ts';

/** A code that waits to be redeemed: once, within five minutes, by whoever knows what its challenge was made of. */
type Code = {
  tenantIds: string[];
  scope: string;
  challenge?: string;
  redirectUri: string;
  expiresAt: number;
};

const CODE_MS = 300_000;

const secretText = (prefix: string): string => `${prefix}-${randomBytes(24).toString('base64url')}`;

/** The authorization server: codes, access tokens, and refresh tokens that are good once. */
export class Oauth {
  private readonly company: Company;
  private readonly codes = new Map<string, Code>();

  constructor(company: Company) {
    this.company = company;
  }

  /** A person consents, for the organisations that exist. @returns the code */
  consent(wanted: Omit<Code, 'tenantIds' | 'expiresAt'>): string {
    const code = secretText('code');
    const tenantIds = [...this.company.store.organisations.keys()];
    this.codes.set(code, { ...wanted, tenantIds, expiresAt: Date.now() + CODE_MS });
    return code;
  }

  /** The answer to a form of the token endpoint. @throws XeroError */
  token(form: Record<string, string>): JsonObject {
    switch (form['grant_type']) {
      case 'client_credentials':
        return this.issue([DEFAULT_TENANT], form['scope'] ?? 'accounting.invoices.read', randomUUID());
      case 'authorization_code':
        return this.redeem(form);
      case 'refresh_token':
        return this.refresh(form['refresh_token'] ?? '');
      default:
        throw oauthError('unsupported_grant_type');
    }
  }

  clear(): void {
    this.codes.clear();
  }

  private redeem(form: Record<string, string>): JsonObject {
    const code = this.codes.get(form['code'] ?? '');
    this.codes.delete(form['code'] ?? '');
    if (!code || code.expiresAt < Date.now()) throw oauthError('invalid_grant');
    if (code.redirectUri !== form['redirect_uri']) throw oauthError('invalid_grant');
    const proof = createHash('sha256')
      .update(form['code_verifier'] ?? '')
      .digest('base64url');
    if (code.challenge !== undefined && code.challenge !== proof) throw oauthError('invalid_grant');
    return this.issueWithRefresh(code.tenantIds, code.scope, randomUUID());
  }

  /** Rotation: the token that was used gives a new one, and is taken again only within its grace. */
  private refresh(refreshToken: string): JsonObject {
    const { store, settings } = this.company;
    const grant = store.grants.get(refreshToken);
    const now = Date.now();
    const isSpent = grant?.usedAt !== undefined && now - grant.usedAt > settings.graceSeconds * 1_000;
    if (!grant || isSpent) throw oauthError('invalid_grant');
    if (grant.usedAt === undefined)
      this.company.commit({ type: 'grant-put', grant: { ...grant, usedAt: now } });
    return this.issueWithRefresh(grant.tenantIds, grant.scope, grant.authEventId);
  }

  private issueWithRefresh(tenantIds: string[], scope: string, authEventId: string): JsonObject {
    const access = this.issue(tenantIds, scope, authEventId);
    if (!scope.split(' ').includes('offline_access')) return access;
    const grant: Grant = { refreshToken: secretText('refresh'), tenantIds, scope, authEventId };
    this.company.commit({ type: 'grant-put', grant });
    return { ...access, refresh_token: grant.refreshToken };
  }

  private issue(tenantIds: string[], scope: string, authEventId: string): JsonObject {
    const { tokenSeconds } = this.company.settings;
    const token = jwtLike({ authentication_event_id: authEventId, jti: randomUUID() });
    const access: AccessToken = {
      ...{ token, tenantIds, scope, authEventId },
      expiresAt: Date.now() + tokenSeconds * 1_000,
    };
    this.company.commit({ type: 'access-issued', access });
    return { access_token: token, expires_in: tokenSeconds, token_type: 'Bearer', scope };
  }
}

/** Xero's access tokens are JWTs; nobody here checks a signature. */
function jwtLike(claims: JsonObject): string {
  const part = (value: JsonObject): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}.${randomBytes(16).toString('base64url')}`;
}
