import { Injectable } from '@nestjs/common';
import { KeyedHash } from '../../../shared/crypto/keyed-hash.js';
import { Database } from '../../../shared/database/database.js';
import { change, type Change, type ChangeSet } from '../../../shared/messaging/outcome.js';
import { recipientHash } from './mail-recipients.js';

interface ReportRow {
  readonly message_id: string;
  readonly at: string;
}

const reports: ChangeSet<ReportRow> = {
  table: 'outbound.mails',
  keyOf: ({ message_id }) => message_id,
  async write(tx, rows) {
    await tx.query(
      `update outbound.mails m set reported_at = coalesce(m.reported_at, r.at)
       from json_to_recordset($1::json) as r(message_id text, at timestamptz) where m.message_id = r.message_id`,
      [JSON.stringify(rows)],
    );
  },
};

/** A mail that is about to be handed over. */
export interface HandedMail {
  readonly messageId: string;
  readonly runId: string;
  readonly addresses: readonly string[];
}

/** Mails of ours by their Message-ID (`outbound.mails`), and to whom they went, without storing who that is. */
@Injectable()
export class SentMails {
  constructor(
    private readonly database: Database,
    private readonly hash: KeyedHash,
  ) {}

  /**
   * Durable before the mail leaves: one of which nothing is known afterwards may still be reported about. Reports come
   * within days, so that rows are kept for ninety; each new one takes some old ones away.
   */
  async note({ messageId, runId, addresses }: HandedMail, now: Date): Promise<void> {
    const recipients = addresses.map((address) => recipientHash(this.hash, address));
    await this.database.query(
      `with old as (
         select message_id from outbound.mails where recorded_at < $4::timestamptz - interval '90 days'
         order by recorded_at limit 10 for update skip locked),
       gone as (delete from outbound.mails m using old where m.message_id = old.message_id)
       insert into outbound.mails (message_id, run_id, recipients, recorded_at) values ($1, $2, $3, $4)
       on conflict (message_id) do update set recipients = excluded.recipients, recorded_at = excluded.recorded_at`,
      [messageId, runId, recipients, now],
    );
  }

  /** Those of these addresses to which a mail of ours of this Message-ID went. */
  async recipientsAmong(messageId: string, addresses: readonly string[]): Promise<string[]> {
    const [mail] = await this.database.query<{ recipients: Buffer[] }>(
      `select recipients from outbound.mails where message_id = $1`,
      [messageId],
    );
    const known = new Set(mail?.recipients.map((recipient) => recipient.toString('hex')));
    return addresses.filter((address) => known.has(recipientHash(this.hash, address).toString('hex')));
  }

  /** A report names it, so it had left. */
  reported(messageId: string, at: Date): Change {
    return change(reports, { message_id: messageId, at: at.toISOString() });
  }

  async isReported(messageId: string): Promise<boolean> {
    const rows = await this.database.query(
      `select from outbound.mails where message_id = $1 and reported_at is not null`,
      [messageId],
    );
    return rows.length > 0;
  }
}
