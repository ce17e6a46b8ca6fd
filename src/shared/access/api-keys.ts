import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import type { Tx } from '../database/tx.js';

/** A key as it is stored: nothing that opens a door. */
export interface ApiKeyRecord {
  readonly id: string;
  readonly name: string;
  readonly roles: readonly string[];
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  readonly revokedBy: string | null;
  readonly lastUsedAt: Date | null;
}

export interface NewApiKey {
  readonly id: string;
  readonly hash: Buffer;
  readonly name: string;
  readonly roles: readonly string[];
  readonly createdBy: string;
  readonly expiresAt: Date | null;
}

/** A key that is neither revoked nor expired, by the database's clock. */
export interface LiveKey {
  readonly id: string;
  readonly hash: Buffer;
  readonly name: string;
  readonly roles: readonly string[];
  /** Milliseconds until it expires; null: it doesn't. */
  readonly expiresInMs: number | null;
}

const columns = `id, name, roles, created_by as "createdBy", created_at as "createdAt", expires_at as "expiresAt",
  revoked_at as "revokedAt", revoked_by as "revokedBy", last_used_at as "lastUsedAt"`;

/** The rows of `access.api_keys`. */
@Injectable()
export class ApiKeys {
  constructor(private readonly database: Database) {}

  async findLive(id: string): Promise<LiveKey | undefined> {
    const [row] = await this.database.query<LiveKey>(
      `select id, hash, name, roles, (extract(epoch from expires_at - now()) * 1000)::float8 as "expiresInMs"
       from access.api_keys where id = $1 and revoked_at is null and (expires_at is null or expires_at > now())`,
      [id],
    );
    return row;
  }

  /** Newest first; `before` is the last row of the page before. */
  async list(limit: number, before?: { createdAt: string; id: string }): Promise<ApiKeyRecord[]> {
    return this.database.query<ApiKeyRecord>(
      `select ${columns} from access.api_keys
       where $2::timestamptz is null or (created_at, id) < ($2, $3)
       order by created_at desc, id desc limit $1`,
      [limit, before?.createdAt ?? null, before?.id ?? null],
    );
  }

  async insert(tx: Tx, key: NewApiKey): Promise<ApiKeyRecord> {
    const [row] = await tx.query<ApiKeyRecord>(
      `insert into access.api_keys (id, hash, name, roles, created_by, created_at, expires_at)
       values ($1, $2, $3, $4, $5, date_trunc('milliseconds', now()), $6) returning ${columns}`,
      [key.id, key.hash, key.name, key.roles, key.createdBy, key.expiresAt],
    );
    if (!row) throw new Error('the key was not inserted');
    return row;
  }

  /** The key, and whether another live key holds the role; keys of the role are locked until the end. */
  async lockForRevocation(
    tx: Tx,
    id: string,
    role: string,
  ): Promise<{ key?: ApiKeyRecord; others: boolean }> {
    const rows = await tx.query<ApiKeyRecord & { live: boolean }>(
      `select ${columns}, revoked_at is null and (expires_at is null or expires_at > now()) as live
       from access.api_keys where id = $1 or $2 = any(roles) order by id for update`,
      [id, role],
    );
    const others = rows.some((row) => row.id !== id && row.live && row.roles.includes(role));
    return { key: rows.find((row) => row.id === id), others };
  }

  async revoke(tx: Tx, id: string, by: string): Promise<void> {
    await tx.query(
      `update access.api_keys set revoked_at = now(), revoked_by = $2 where id = $1 and revoked_at is null`,
      [id, by],
    );
  }

  /** Notes when keys were last used: one statement for all. */
  async noteUse(uses: ReadonlyArray<{ id: string; at: Date }>): Promise<void> {
    await this.database.query(
      `update access.api_keys k set last_used_at = u.at
       from (select id, at from json_to_recordset($1::json) as u(id text, at timestamptz) order by id) u
       where k.id = u.id and (k.last_used_at is null or k.last_used_at < u.at)`,
      [JSON.stringify(uses)],
    );
  }
}
