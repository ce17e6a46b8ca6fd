import { randomBytes, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { openBytes, sealBytes } from '../../../shared/crypto/field-cipher.js';
import { KeyedHash } from '../../../shared/crypto/keyed-hash.js';
import { KeyRing } from '../../../shared/crypto/key-ring.js';
import { Database } from '../../../shared/database/database.js';
import { newId } from '../../../shared/kernel/ids.js';
import { StateInvalid } from '../billing.errors.js';
import type { BillingProvider } from '../contracts.js';

/** An authorization that a person has begun. */
export interface BegunAuthorization {
  /** To be sent along: `<id>.<signature>`. */
  readonly state: string;
  /** PKCE (RFC 7636): its challenge goes along, itself is shown when the code is redeemed. */
  readonly verifier: string;
  readonly expiresAt: Date;
}

const minutes = 10;

/** States of authorizations: signed, good once, for ten minutes. What was never given out costs no look into the table. */
@Injectable()
export class OauthStates {
  constructor(
    private readonly database: Database,
    private readonly keyRing: KeyRing,
    private readonly hash: KeyedHash,
  ) {}

  async begin(provider: BillingProvider, createdBy: string, now: Date): Promise<BegunAuthorization> {
    const id = newId();
    const verifier = randomBytes(48).toString('base64url');
    const key = this.keyRing.create([]);
    const expiresAt = new Date(now.getTime() + minutes * 60_000);
    const sealed = sealBytes(key.key.secret, placeOf(id), Buffer.from(verifier));
    await this.database.transaction(async (tx) => {
      const gone = await tx.query<{ key_id: string }>(
        `delete from billing.oauth_states where expires_at < $1 returning key_id`,
        [now],
      );
      await tx.query(`delete from crypto.data_keys where id = any($1::uuid[])`, [
        gone.map((row) => row.key_id),
      ]);
      await this.keyRing.store(tx, [key]);
      await tx.query(
        `insert into billing.oauth_states (id, provider, verifier, key_id, created_by, expires_at)
         values ($1, $2, $3, $4, $5, $6)`,
        [id, provider, sealed, key.key.id, createdBy, expiresAt],
      );
    });
    return { state: `${id}.${this.sign(provider, id)}`, verifier, expiresAt };
  }

  /** Uses a state up. @throws BILLING.STATE_INVALID */
  async redeem(
    provider: BillingProvider,
    state: string,
    now: Date,
  ): Promise<{ verifier: string; createdBy: string }> {
    const id = this.genuineId(provider, state);
    const [row] = await this.database.query<{
      verifier: Buffer;
      key_id: string;
      created_by: string;
      expires_at: Date;
    }>(
      `delete from billing.oauth_states where id = $1 and provider = $2
       returning verifier, key_id, created_by, expires_at`,
      [id, provider],
    );
    if (!row || row.expires_at <= now) throw StateInvalid();
    const key = (await this.keyRing.load([row.key_id])).get(row.key_id);
    if (!key) throw StateInvalid();
    const verifier = openBytes(key.secret, placeOf(id), row.verifier).toString();
    await this.database.query(`delete from crypto.data_keys where id = $1`, [row.key_id]);
    return { verifier, createdBy: row.created_by };
  }

  private genuineId(provider: BillingProvider, state: string): string {
    const [, id = '', signature = ''] = /^([\da-f-]{36})\.([\w-]{43})$/.exec(state) ?? [];
    const given = Buffer.from(signature, 'base64url');
    const expected = Buffer.from(this.sign(provider, id), 'base64url');
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw StateInvalid();
    return id;
  }

  private sign(provider: BillingProvider, id: string): string {
    return this.hash.of('oauth-state', `${provider}:${id}`).toString('base64url');
  }
}

function placeOf(id: string): string {
  return `billing.oauth_states|verifier|${id}`;
}
