import { createHash } from 'node:crypto';
import { AuthorizationRefused, NotConnected } from '../billing.errors.js';
import { explainXero } from '../connectors/xero-errors.js';
import type { XeroOauth, XeroTenant } from '../connectors/xero-oauth.js';
import type { XeroSettings } from '../connectors/xero-settings.js';
import type { GrantId, OauthGrants } from '../persistence/oauth-grants.js';
import type { OauthStates } from '../persistence/oauth-states.js';

export interface AuthorizeXeroParts {
  readonly settings: XeroSettings;
  readonly oauth: XeroOauth;
  readonly states: OauthStates;
  readonly grants: OauthGrants;
  /** The address to which Xero sends the person back, as it is entered in the app. */
  readonly redirectUri: string;
}

/** What Xero adds to that address. */
export interface XeroReturn {
  readonly state: string;
  readonly code?: string;
  /** Instead of a code: `access_denied` when the person said no. */
  readonly error?: string;
}

export interface AuthorizedXero {
  /** The organisation that is read from now on; undefined: several were authorised, and none is named. */
  readonly chosen: XeroTenant | undefined;
  readonly tenants: readonly XeroTenant[];
  readonly authorisedBy: string;
}

/** Connects Xero by authorization code with PKCE: where no custom connection exists, for one. */
export class AuthorizeXero {
  constructor(private readonly parts: AuthorizeXeroParts) {}

  /** @returns where the person consents, and until when */
  async start(actor: string, now: Date): Promise<{ url: string; expiresAt: Date }> {
    const { states, oauth, redirectUri } = this.parts;
    this.id();
    const { state, verifier, expiresAt } = await states.begin('xero', actor, now);
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    return { url: oauth.consentUrl({ state, challenge, redirectUri }), expiresAt };
  }

  /**
   * Takes the person back: redeems the code, and stores what it gave before anything is asked with it.
   * @throws BILLING.STATE_INVALID, BILLING.AUTHORIZATION_REFUSED
   */
  async finish({ state, code, error }: XeroReturn, now: Date): Promise<AuthorizedXero> {
    const { states, oauth, grants, redirectUri } = this.parts;
    const { verifier, createdBy } = await states.redeem('xero', state, now);
    if (!code) throw AuthorizationRefused({ details: { reason: error?.slice(0, 100) } });
    const tokens = await coded(oauth.byCode(code, verifier, redirectUri));
    const expiresAt = new Date(now.getTime() + tokens.expiresInMs);
    const { accessToken } = await grants.renew(this.id(), now, async () => ({
      ...tokens,
      ...{ expiresAt, authorisedBy: createdBy },
    }));
    const tenants = await coded(oauth.tenants(accessToken));
    const chosen = this.choose(tenants);
    if (chosen) await grants.chooseTenant(this.id(), chosen.id);
    return { chosen, tenants, authorisedBy: createdBy };
  }

  private choose(tenants: readonly XeroTenant[]): XeroTenant | undefined {
    const wanted = this.parts.settings.tenantId;
    if (wanted !== undefined) return tenants.find(({ id }) => id.toLowerCase() === wanted);
    return tenants.length === 1 ? tenants[0] : undefined;
  }

  private id(): GrantId {
    const { clientId } = this.parts.settings;
    if (!clientId) throw NotConnected();
    return { provider: 'xero', clientId };
  }
}

function coded<T>(work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => {
    throw explainXero(error).error;
  });
}
