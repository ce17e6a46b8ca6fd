import { Injectable } from '@nestjs/common';
import { appendAudit } from '../../../shared/audit/append-audit.js';
import type { AuditEntry } from '../../../shared/audit/audit-entry.js';
import { openJson, sealJson, type DataKey } from '../../../shared/crypto/field-cipher.js';
import { KeyedHash } from '../../../shared/crypto/keyed-hash.js';
import { KeyRing } from '../../../shared/crypto/key-ring.js';
import { Database } from '../../../shared/database/database.js';
import { Clock } from '../../../shared/kernel/clock.js';
import { newId } from '../../../shared/kernel/ids.js';
import { change, type Change } from '../../../shared/messaging/outcome.js';
import { SuppressionNotFound } from '../mail.errors.js';
import { recipientHash } from './mail-recipients.js';
import { suppressionRows, type SuppressionReason, type SuppressionRow } from './suppression-rows.js';

/** That nothing is to be sent to an address any more, and why. */
export interface NewSuppression {
  /** In lower case. */
  readonly address: string;
  readonly reason: SuppressionReason;
  /** `event:<id>`, `run:<id>`, `key:<id>` */
  readonly source: string;
  readonly since: Date;
  readonly note?: string;
}

/** A suppressed address, as people see it. */
export interface Suppression {
  readonly id: string;
  /** Null: it was erased; mails to it are still held back. */
  readonly address: string | null;
  readonly reason: SuppressionReason;
  readonly source: string;
  readonly note: string | null;
  readonly since: Date;
}

interface StoredRow extends Omit<Suppression, 'address'> {
  readonly address_hash: Buffer;
  readonly address: Buffer;
  readonly key_id: string;
}

const columns = `id, address_hash, address, key_id, reason, source, note, since`;

/** Addresses to which nothing is sent any more (`outbound.suppressions`). */
@Injectable()
export class Suppressions {
  constructor(
    private readonly database: Database,
    private readonly keyRing: KeyRing,
    private readonly hash: KeyedHash,
    private readonly clock: Clock,
  ) {}

  /** Those of these addresses that are suppressed. */
  async among(addresses: readonly string[]): Promise<ReadonlySet<string>> {
    const hashes = addresses.map((address) => recipientHash(this.hash, address));
    const rows = await this.database.query<{ address_hash: Buffer }>(
      `select address_hash from outbound.suppressions where address_hash = any($1::bytea[]) and removed_at is null`,
      [hashes],
    );
    const found = new Set(rows.map(({ address_hash }) => address_hash.toString('hex')));
    return new Set(addresses.filter((_, place) => found.has((hashes[place] as Buffer).toString('hex'))));
  }

  /** To be written with an outcome. @param key what the address is sealed with: of the event or run that tells it */
  adding(suppression: NewSuppression, key: DataKey): Change {
    return change(suppressionRows, this.row(suppression, key));
  }

  /** At once, where a failure is about to end the step. */
  async addNow(suppressions: readonly NewSuppression[], key: DataKey): Promise<void> {
    if (suppressions.length === 0) return;
    const rows = suppressions.map((one) => this.row(one, key));
    await this.database.transaction((tx) => suppressionRows.write(tx, rows, () => undefined));
  }

  /** By a person. One that is suppressed stays as it is. @returns the suppression */
  async add({
    address,
    note,
    actor,
  }: {
    address: string;
    note: string;
    actor: string;
  }): Promise<Suppression> {
    const now = this.clock.now();
    const key = this.keyRing.create([this.hash.of('data-subject', `email:${address}`)]);
    const row = this.row({ address, note, reason: 'person', source: actor, since: now }, key.key);
    const stored = await this.database.transaction(async (tx) => {
      await this.keyRing.store(tx, [key]);
      await suppressionRows.write(tx, [row], () => undefined);
      const [found] = await tx.query<StoredRow>(
        `select ${columns} from outbound.suppressions where address_hash = decode($1, 'base64')`,
        [row.address_hash],
      );
      if (found?.id === row.id) await appendAudit(tx, [addedEntry(row.id, note, actor)], now);
      return found;
    });
    return (await this.shown(stored ? [stored] : []))[0] as Suppression;
  }

  /** Sends to the address again. @throws OUTBOUND.SUPPRESSION_NOT_FOUND */
  async remove(id: string, { actor, reason }: { actor: string; reason: string }): Promise<void> {
    const now = this.clock.now();
    await this.database.transaction(async (tx) => {
      const removed = await tx.query(
        `update outbound.suppressions set removed_at = $2 where id = $1 and removed_at is null returning id`,
        [id, now],
      );
      if (removed.length === 0) throw SuppressionNotFound({ details: { id } });
      const entry = { actor, action: 'outbound.suppression-removed', outcome: 'ok' as const };
      await appendAudit(tx, [{ ...entry, subject: `suppression:${id}`, details: { reason } }], now);
    });
  }

  /** Newest first. */
  async list(
    { address, reason = null }: { address?: string; reason?: string | null },
    limit: number,
    after?: string,
  ): Promise<Suppression[]> {
    const hash = address === undefined ? null : recipientHash(this.hash, address);
    const rows = await this.database.query<StoredRow>(
      `select ${columns} from outbound.suppressions
       where removed_at is null and ($2::uuid is null or id < $2) and ($3::bytea is null or address_hash = $3)
         and ($4::text is null or reason = $4)
       order by id desc limit $1`,
      [limit, after ?? null, hash, reason],
    );
    return this.shown(rows);
  }

  private async shown(rows: readonly StoredRow[]): Promise<Suppression[]> {
    const keys = await this.keyRing.load(rows.map(({ key_id }) => key_id));
    return rows.map(({ address_hash, address, key_id, ...row }) => {
      const key = keys.get(key_id);
      return { ...row, address: key ? (openJson(key, placeOf(address_hash), address) as string) : null };
    });
  }

  private row({ address, reason, source, since, note }: NewSuppression, key: DataKey): SuppressionRow {
    const hash = recipientHash(this.hash, address);
    return {
      ...{ id: newId(), reason, source, note: note ?? null, since: since.toISOString(), key_id: key.id },
      address_hash: hash.toString('base64'),
      address: sealJson(key, placeOf(hash), address).toString('base64'),
    };
  }
}

function addedEntry(id: string, reason: string, actor: string): AuditEntry {
  const subject = `suppression:${id}`;
  return { actor, action: 'outbound.address-suppressed', outcome: 'ok', subject, details: { reason } };
}

function placeOf(hash: Buffer): string {
  return `outbound.suppressions|address|${hash.toString('hex')}`;
}
