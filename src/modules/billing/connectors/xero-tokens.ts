import type { Grant, GrantId, OauthGrants } from '../persistence/oauth-grants.js';
import { NotConnected } from '../billing.errors.js';
import { explainToken, type XeroOauth, type XeroTokenSet } from './xero-oauth.js';
import type { XeroSettings } from './xero-settings.js';

/** What a call needs: a token that is valid for a while, and whose data it is about. */
export interface XeroAccess {
  readonly accessToken: string;
  readonly tenantId: string;
}

export interface XeroTokensParts {
  readonly settings: XeroSettings;
  readonly oauth: XeroOauth;
  readonly grants: OauthGrants;
  readonly now: () => Date;
}

/** A token is renewed this long before it ends. */
const marginMs = 120_000;

/**
 * Xero's access tokens, for all processes: the row of the grant is locked while one of them renews it, since a refresh
 * token is good once. The new pair is stored before it is used; what is lost on the way there is made good by Xero's
 * grace, in which the old refresh token is taken again.
 */
export class XeroTokens {
  private renewing: Promise<Grant> | undefined;

  constructor(private readonly parts: XeroTokensParts) {}

  /** @throws CodedError, Refusal, TransportFailure */
  async current(): Promise<XeroAccess> {
    const grant = await this.valid();
    const tenantId = this.parts.settings.tenantId ?? grant.tenantId ?? (await this.onlyTenant(grant));
    if (!tenantId) throw NotConnected({ message: 'No organisation of Xero is chosen: set XERO_TENANT_ID.' });
    return { accessToken: grant.accessToken, tenantId };
  }

  /** Xero refused this token before its time. */
  async refused(accessToken: string): Promise<void> {
    await this.parts.grants.expire(this.id(), accessToken);
  }

  private async valid(): Promise<Grant> {
    const stored = await this.parts.grants.read(this.id());
    if (stored && this.isFresh(stored)) return stored;
    // One at a time in this process: the others would each hold a connection to wait for the lock.
    this.renewing ??= this.renew().finally(() => (this.renewing = undefined));
    return this.renewing;
  }

  private async renew(): Promise<Grant> {
    const { grants, now } = this.parts;
    return grants.renew(this.id(), now(), async (current) => {
      if (current && this.isFresh(current)) return current;
      const tokens = await this.next(current?.refreshToken).catch((error: unknown) => {
        throw explainToken(error);
      });
      const expiresAt = new Date(now().getTime() + tokens.expiresInMs);
      return { ...tokens, expiresAt, tenantId: current?.tenantId };
    });
  }

  /** By the refresh token where somebody has authorised the app, otherwise by the app's own credentials. */
  private async next(refreshToken: string | undefined): Promise<XeroTokenSet> {
    const { oauth } = this.parts;
    if (!refreshToken) return oauth.byCredentials();
    const next = await oauth.byRefresh(refreshToken);
    return { ...next, refreshToken: next.refreshToken ?? refreshToken };
  }

  /** After the token was stored: what is asked with it may fail. */
  private async onlyTenant({ accessToken }: Grant): Promise<string | undefined> {
    const [tenant, ...others] = await this.parts.oauth.tenants(accessToken);
    if (!tenant || others.length > 0) return undefined;
    await this.parts.grants.chooseTenant(this.id(), tenant.id);
    return tenant.id;
  }

  private isFresh({ expiresAt }: Grant): boolean {
    return expiresAt.getTime() - marginMs > this.parts.now().getTime();
  }

  private id(): GrantId {
    const { clientId } = this.parts.settings;
    if (!clientId) throw NotConnected();
    return { provider: 'xero', clientId };
  }
}
