import { Injectable } from '@nestjs/common';
import { Coalescer } from '../../../shared/connectors/coalesce.js';
import type { Settled } from '../../../shared/connectors/settled.js';
import { KeyedHash } from '../../../shared/crypto/keyed-hash.js';
import { Database } from '../../../shared/database/database.js';
import type { Tx } from '../../../shared/database/tx.js';
import type { ChangeSet } from '../../../shared/messaging/outcome.js';
import { contactIdentity, type UpsertContact } from '../contracts.js';

export interface ContactRow {
  /** Keyed hash of the person's e-mail address or phone number. */
  readonly subject: Buffer;
  /** The contact's id in the CRM. */
  readonly providerId: string;
  /** When the newest lead that was applied had been submitted. */
  readonly submittedAt: Date;
  readonly updatedAt: Date;
}

/** What is known of a person from earlier leads. */
export type KnownContact = Pick<ContactRow, 'providerId' | 'submittedAt'>;

/** Which contact of the CRM a person is (`crm.contacts`), without storing who the person is. */
@Injectable()
export class Contacts implements ChangeSet<ContactRow> {
  readonly table = 'crm.contacts';
  private readonly reads = new Coalescer<Buffer, KnownContact | undefined>({
    max: 250,
    run: (subjects) => this.readAll(subjects),
  });

  constructor(
    private readonly database: Database,
    private readonly hash: KeyedHash,
  ) {}

  subjectOf(command: UpsertContact): Buffer {
    return this.hash.of('crm-contact', contactIdentity(command));
  }

  /** The contact that this person became before. Concurrent questions share a statement. */
  known(subject: Buffer): Promise<KnownContact | undefined> {
    return this.reads.add(subject);
  }

  private async readAll(subjects: readonly Buffer[]): Promise<readonly Settled<KnownContact | undefined>[]> {
    const rows = await this.database.query<{ subject: Buffer; provider_id: string; submitted_at: Date }>(
      `select subject, provider_id, submitted_at from crm.contacts where subject = any($1::bytea[])`,
      [subjects],
    );
    const found = new Map(
      rows.map(({ subject, provider_id, submitted_at }) => [
        subject.toString('hex'),
        { providerId: provider_id, submittedAt: submitted_at },
      ]),
    );
    return subjects.map((subject) => ({ value: found.get(subject.toString('hex')) }));
  }

  keyOf({ subject }: ContactRow): string {
    return subject.toString('hex');
  }

  fold(earlier: ContactRow, later: ContactRow): ContactRow {
    const last = later.updatedAt >= earlier.updatedAt ? later : earlier;
    const submittedAt = later.submittedAt > earlier.submittedAt ? later.submittedAt : earlier.submittedAt;
    return { ...last, submittedAt };
  }

  async write(tx: Tx, rows: readonly ContactRow[]): Promise<void> {
    const input = rows.map(({ subject, providerId, submittedAt, updatedAt }) => ({
      subject: subject.toString('base64'),
      provider_id: providerId,
      submitted_at: submittedAt,
      updated_at: updatedAt,
    }));
    await tx.query(
      `insert into crm.contacts as c (subject, provider_id, submitted_at, updated_at)
       select decode(i.subject, 'base64'), i.provider_id, i.submitted_at, i.updated_at
       from json_to_recordset($1::json)
         as i(subject text, provider_id text, submitted_at timestamptz, updated_at timestamptz)
       order by 1
       on conflict (subject) do update set provider_id = excluded.provider_id, updated_at = excluded.updated_at,
         submitted_at = greatest(c.submitted_at, excluded.submitted_at)
       where c.updated_at <= excluded.updated_at`,
      [JSON.stringify(input)],
    );
  }
}
