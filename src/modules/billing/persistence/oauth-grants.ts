import { Injectable } from '@nestjs/common';
import { KeyRing } from '../../../shared/crypto/key-ring.js';
import { openJson, sealJson, type DataKey } from '../../../shared/crypto/field-cipher.js';
import { Database } from '../../../shared/database/database.js';
import type { Tx } from '../../../shared/database/tx.js';
import type { BillingProvider } from '../contracts.js';

/** Which app of which provider. */
export interface GrantId {
  readonly provider: BillingProvider;
  readonly clientId: string;
}

/** What a provider gave an app, in clear: never logged or sent elsewhere. */
export interface Grant {
  readonly accessToken: string;
  readonly refreshToken?: string;
  readonly expiresAt: Date;
  readonly tenantId?: string;
}

/** A grant, and who asked for it where a person did. */
export interface NewGrant extends Grant {
  readonly authorisedBy?: string;
}

/** A connection as people see it. */
export interface GrantState {
  readonly tenantId: string | null;
  readonly hasRefresh: boolean;
  readonly authorisedBy: string | null;
  readonly authorisedAt: Date | null;
  readonly renewedAt: Date | null;
  readonly renewals: number;
}

interface Row {
  readonly tenant_id: string | null;
  readonly tokens: Buffer | null;
  readonly key_id: string | null;
  readonly expires_at: Date | null;
}

/** Tokens of accounting systems (`billing.oauth_grants`), sealed, one row for each app. */
@Injectable()
export class OauthGrants {
  constructor(
    private readonly database: Database,
    private readonly keyRing: KeyRing,
  ) {}

  async read(id: GrantId): Promise<Grant | undefined> {
    const [row] = await this.database.query<Row>(
      `select tenant_id, tokens, key_id, expires_at from billing.oauth_grants where provider = $1 and client_id = $2`,
      [id.provider, id.clientId],
    );
    return this.opened(id, row);
  }

  async state({ provider, clientId }: GrantId): Promise<GrantState | undefined> {
    const [row] = await this.database.query<GrantState>(
      `select tenant_id as "tenantId", has_refresh as "hasRefresh", authorised_by as "authorisedBy",
         authorised_at as "authorisedAt", renewed_at as "renewedAt", renewals
       from billing.oauth_grants where provider = $1 and client_id = $2`,
      [provider, clientId],
    );
    return row;
  }

  /**
   * Locks the row, lets `work` decide what is stored, and commits: what it returns may be used after that only. Others,
   * in all processes, wait and then see what was stored.
   */
  async renew(
    id: GrantId,
    now: Date,
    work: (current: Grant | undefined) => Promise<NewGrant>,
  ): Promise<Grant> {
    return this.database.transaction(async (tx) => {
      await tx.query(
        `insert into billing.oauth_grants (provider, client_id) values ($1, $2) on conflict do nothing`,
        [id.provider, id.clientId],
      );
      const [row] = await tx.query<Row>(
        `select tenant_id, tokens, key_id, expires_at from billing.oauth_grants
         where provider = $1 and client_id = $2 for update`,
        [id.provider, id.clientId],
      );
      const current = await this.opened(id, row);
      const next = await work(current);
      if (next !== current) await this.store(tx, id, next, { keyId: row?.key_id ?? undefined, now });
      return next;
    });
  }

  /** The provider takes this access token no more: the next one who needs one renews it. */
  async expire(id: GrantId, accessToken: string): Promise<void> {
    const current = await this.read(id);
    if (current?.accessToken !== accessToken) return;
    await this.database.query(
      `update billing.oauth_grants set expires_at = to_timestamp(0)
       where provider = $1 and client_id = $2 and expires_at = $3`,
      [id.provider, id.clientId, current.expiresAt],
    );
  }

  /** The organisation that calls are about. */
  async chooseTenant({ provider, clientId }: GrantId, tenantId: string): Promise<void> {
    await this.database.query(
      `update billing.oauth_grants set tenant_id = $3 where provider = $1 and client_id = $2`,
      [provider, clientId, tenantId],
    );
  }

  private async opened(id: GrantId, row: Row | undefined): Promise<Grant | undefined> {
    if (!row?.tokens || !row.key_id || !row.expires_at) return undefined;
    const key = (await this.keyRing.load([row.key_id])).get(row.key_id);
    if (!key) return undefined;
    const tokens = openJson(key, placeOf(id), row.tokens) as Pick<Grant, 'accessToken' | 'refreshToken'>;
    return { ...tokens, expiresAt: row.expires_at, tenantId: row.tenant_id ?? undefined };
  }

  private async store(
    tx: Tx,
    id: GrantId,
    { accessToken, refreshToken, expiresAt, tenantId, authorisedBy }: NewGrant,
    { keyId, now }: { keyId?: string; now: Date },
  ): Promise<void> {
    const key = await this.keyFor(tx, keyId);
    const sealed = sealJson(key, placeOf(id), { accessToken, refreshToken });
    await tx.query(
      `update billing.oauth_grants set tokens = $3, key_id = $4, expires_at = $5, tenant_id = $6, has_refresh = $7,
         authorised_by = case when $9 then $8 else authorised_by end,
         authorised_at = case when $9 then $10 else authorised_at end,
         renewed_at = $10, renewals = renewals + 1
       where provider = $1 and client_id = $2`,
      [
        ...[
          id.provider,
          id.clientId,
          sealed,
          key.id,
          expiresAt,
          tenantId ?? null,
          refreshToken !== undefined,
        ],
        ...[authorisedBy ?? null, authorisedBy !== undefined, now],
      ],
    );
  }

  /** A row keeps its key: each token is sealed with another IV. */
  private async keyFor(tx: Tx, keyId: string | undefined): Promise<DataKey> {
    const known = keyId && (await this.keyRing.load([keyId])).get(keyId);
    if (known) return known;
    const created = this.keyRing.create([]);
    await this.keyRing.store(tx, [created]);
    return created.key;
  }
}

function placeOf({ provider, clientId }: GrantId): string {
  return `billing.oauth_grants|tokens|${provider}|${clientId}`;
}
