import { Injectable } from '@nestjs/common';
import { KeyedHash } from '../../../shared/crypto/keyed-hash.js';
import { KeyRing, type NewDataKey } from '../../../shared/crypto/key-ring.js';
import { Database } from '../../../shared/database/database.js';
import type { Tx } from '../../../shared/database/tx.js';
import { newId } from '../../../shared/kernel/ids.js';
import { toRow, type MessageRow } from '../../../shared/messaging/message-row.js';
import { Outbox } from '../../../shared/messaging/outbox.js';
import { MessageValidators } from '../../../shared/messaging/validators.js';
import { newTraceparent } from '../../../shared/observability/trace.js';
import { InvoiceOverdue } from '../contracts.js';
import type { Invoice } from '../domain/invoice.js';

/** What was told of. */
export interface Stated {
  readonly count: number;
  readonly lanes: readonly string[];
}

const nothing: Stated = { count: 0, lanes: [] };

interface Told {
  readonly row: MessageRow;
  readonly key: NewDataKey;
  readonly event: InvoiceOverdue;
}

/**
 * States that invoices are overdue, once for each and its due date: what was told (`billing.overdue_seen`) and the events
 * are one commit. An invoice whose date is moved and passes again is told of again.
 */
@Injectable()
export class OverdueEvents {
  constructor(
    private readonly database: Database,
    private readonly keyRing: KeyRing,
    private readonly hash: KeyedHash,
    private readonly outbox: Outbox,
    private readonly validators: MessageValidators,
  ) {}

  /** @returns how many were not told of before, and the lanes that have work now */
  async state(invoices: readonly Invoice[], now: Date): Promise<Stated> {
    const told = invoices.flatMap((invoice) => this.told(invoice, now) ?? []);
    if (told.length === 0) return nothing;
    return this.database.transaction(async (tx) => {
      const fresh = await claim(tx, told, now);
      if (fresh.length === 0) return nothing;
      await this.keyRing.store(
        tx,
        fresh.map(({ key }) => key),
      );
      const lanes = await this.outbox.append(
        tx,
        fresh.map(({ row }) => row),
      );
      return { lanes, count: fresh.length };
    });
  }

  private told(invoice: Invoice, now: Date): Told | undefined {
    const { provider, account, id: invoiceId, dueDate, customer } = invoice;
    if (dueDate === undefined) return undefined;
    const event = new InvoiceOverdue({ provider, account, invoiceId, customerId: customer.id, dueDate });
    const person = `${provider}-customer:${account}:${customer.id}`;
    const key = this.keyRing.create([this.hash.of('data-subject', person)]);
    const subject = `invoice:${invoiceId}`;
    const row = toRow(
      { message: event, subject },
      {
        ...{ key: key.key, now, partitionKey: subject, traceparent: newTraceparent() },
        ...{ correlationId: newId(), causationId: null },
      },
      this.validators,
    );
    return { row, key, event };
  }
}

/** Those that nobody told of before, in one order for all (crossed orders deadlock). */
async function claim(tx: Tx, told: readonly Told[], now: Date): Promise<Told[]> {
  const rows = told.map(({ event, row }) => ({ ...event, messageId: row.id }));
  const claimed = await tx.query<{ message_id: string }>(
    `insert into billing.overdue_seen (provider, account, invoice_id, due_date, message_id, seen_at)
     select provider, account, "invoiceId", "dueDate", "messageId", $2
     from json_to_recordset($1::json)
       as o(provider text, account text, "invoiceId" text, "dueDate" date, "messageId" uuid)
     order by 1, 2, 3, 4 on conflict do nothing returning message_id`,
    [JSON.stringify(rows), now],
  );
  const fresh = new Set(claimed.map(({ message_id }) => message_id));
  return told.filter(({ row }) => fresh.has(row.id));
}
