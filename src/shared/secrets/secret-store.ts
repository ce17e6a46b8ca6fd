import type { KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { openBytes, sealBytes } from '../crypto/field-cipher.js';
import { Database } from '../database/database.js';

const cacheMs = 5_000;

/** A version of a secret, without its value. */
export interface SecretVersion {
  readonly name: string;
  readonly version: number;
  readonly state: 'active' | 'previous';
  readonly createdAt: Date;
}

/**
 * Secrets by name, in versions, sealed by the master key. The environment seeds them at the first boot; after that
 * the store is the truth. During a rotation the previous version is valid beside the active one.
 */
@Injectable()
export class SecretStore {
  private readonly cache = new Map<string, { until: number; values: Promise<string[]> }>();

  constructor(
    private readonly database: Database,
    private readonly masterKey: KeyObject,
  ) {}

  /** Stores what the environment gives for a name of which nothing is stored yet. The first value becomes active. */
  async seed(name: string, values: readonly string[]): Promise<void> {
    if (values.length === 0) return;
    const rows = values.slice(0, 2).map((value, index) => ({
      version: values.length - index,
      sealed: this.seal(name, values.length - index, value).toString('base64'),
      state: index === 0 ? 'active' : 'previous',
    }));
    await this.database.query(
      `insert into crypto.secrets (name, version, sealed, state, created_by)
       select $1, version, decode(sealed, 'base64'), state, 'environment'
       from json_to_recordset($2::json) as s(version integer, sealed text, state text)
       where not exists (select from crypto.secrets where name = $1)
       on conflict do nothing`,
      [name, JSON.stringify(rows)],
    );
  }

  /** The values that are valid now, the active one first; none when the name has none. At most five seconds old. */
  valid(name: string): Promise<string[]> {
    const cached = this.cache.get(name);
    if (cached && cached.until > performance.now()) return cached.values;
    const values = this.read(name);
    this.cache.set(name, { until: performance.now() + cacheMs, values });
    values.catch(() => this.cache.delete(name));
    return values;
  }

  /** The versions of these names that are valid, without their values. */
  async versions(names: readonly string[]): Promise<SecretVersion[]> {
    return this.database.query<SecretVersion>(
      `select name, version, state, created_at as "createdAt" from crypto.secrets
       where name = any($1::text[]) and state in ('active', 'previous') order by name, version desc`,
      [names],
    );
  }

  /** Makes a new version active; the one before stays valid until the next rotation. */
  async rotate(name: string, value: string, actor: string): Promise<number> {
    const version = await this.database.transaction(async (tx) => {
      await tx.query(`select pg_advisory_xact_lock(hashtext('secret:' || $1))`, [name]);
      const [last] = await tx.query<{ version: number }>(
        `select coalesce(max(version), 0) as version from crypto.secrets where name = $1`,
        [name],
      );
      const next = Number(last?.version ?? 0) + 1;
      await tx.query(
        `update crypto.secrets set state = case state when 'active' then 'previous' else 'retired' end
         where name = $1 and state in ('active', 'previous')`,
        [name],
      );
      await tx.query(
        `insert into crypto.secrets (name, version, sealed, state, created_by) values ($1, $2, $3, 'active', $4)`,
        [name, next, this.seal(name, next, value), actor],
      );
      return next;
    });
    this.cache.delete(name);
    return version;
  }

  private async read(name: string): Promise<string[]> {
    const rows = await this.database.query<{ version: number; sealed: Buffer }>(
      `select version, sealed from crypto.secrets where name = $1 and state in ('active', 'previous')
       order by state, version desc`,
      [name],
    );
    return rows.map(({ version, sealed }) =>
      openBytes(this.masterKey, place(name, version), sealed).toString(),
    );
  }

  private seal(name: string, version: number, value: string): Buffer {
    return sealBytes(this.masterKey, place(name, version), Buffer.from(value));
  }
}

function place(name: string, version: number): string {
  return `crypto.secrets|sealed|${name}|${version}`;
}
