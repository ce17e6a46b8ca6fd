import { Injectable } from '@nestjs/common';
import { appendAudit } from '../../../shared/audit/append-audit.js';
import type { AuditEntry } from '../../../shared/audit/audit-entry.js';
import { KeyRing } from '../../../shared/crypto/key-ring.js';
import { Database } from '../../../shared/database/database.js';
import type { Tx } from '../../../shared/database/tx.js';
import { isConnectionError } from '../../../shared/database/pg-errors.js';
import { Clock } from '../../../shared/kernel/clock.js';
import { crashPoint, isBroken } from '../../../shared/kernel/crash-point.js';
import { Group } from '../../../shared/messaging/group.js';
import type { MessageRow } from '../../../shared/messaging/message-row.js';
import { Outbox } from '../../../shared/messaging/outbox.js';
import { Wakeups } from '../../../shared/messaging/wakeups.js';
import { NotDurable, Overloaded } from '../intake.errors.js';
import {
  claimKeys,
  dedupeKeyOf,
  holdersOf,
  insertInbound,
  type PreparedInbound,
} from '../persistence/inbound.js';

/** A verified and sealed request, ready to be made durable. */
export interface Acceptance extends PreparedInbound {
  /** The event; none for a rejected request. */
  readonly message?: MessageRow;
  readonly audit: AuditEntry;
}

export interface Accepted {
  /** Of the first delivery with this key. */
  readonly id: string;
  readonly duplicate: boolean;
}

const mostWaiting = 5_000;
const maxItems = 250;
const maxBytes = 8 * 1024 * 1024;

/**
 * Makes requests durable: those that arrive together share one transaction, and none is answered before its own rows
 * are committed. A duplicate is answered as the first was, and creates nothing but its audit entry.
 */
@Injectable()
export class AcceptDeliveries {
  private readonly group: Group<Acceptance, Accepted>;

  constructor(
    private readonly database: Database,
    private readonly keyRing: KeyRing,
    private readonly outbox: Outbox,
    private readonly wakeups: Wakeups,
    private readonly clock: Clock,
  ) {
    this.group = new Group((items) => this.commit(items), {
      maxItems,
      maxWeight: maxBytes,
      weigh: ({ row, message }) => row.body.length + (message?.payload.length ?? 0) + 1_500,
      parallel: 1,
    });
  }

  /** @throws INTAKE.OVERLOADED, INTAKE.NOT_DURABLE: nothing was accepted, the sender is to try again */
  async accept(item: Acceptance): Promise<Accepted> {
    if (this.group.size > mostWaiting) throw Overloaded({ retryAfterMs: 5_000 });
    try {
      return await this.group.add(item);
    } catch (error) {
      if (isConnectionError(error)) throw NotDurable({ cause: error, retryAfterMs: 5_000 });
      throw error;
    }
  }

  private async commit(items: readonly Acceptance[]): Promise<readonly Accepted[]> {
    const { answers, lanes } = await this.database.transaction(async (tx) => {
      const claimed = await claimKeys(
        tx,
        items.map(({ row }) => row),
      );
      const isFresh = ({ row }: Acceptance): boolean => claimed.has(row.id) || isBroken('dedupe');
      const fresh = items.filter(isFresh);
      const lanes = this.insert(fresh, tx);
      tx.later(lanes);
      const holders = await holdersOf(
        tx,
        items.filter((item) => !isFresh(item)).map(({ row }) => row),
      );
      const answers = items.map((item) =>
        isFresh(item)
          ? { id: item.row.id, duplicate: false }
          : {
              id: holders.get(`${item.row.channel}|${dedupeKeyOf(item.row)}`) ?? item.row.id,
              duplicate: true,
            },
      );
      const audit = items.map((item, i) => auditOf(item, answers[i] as Accepted));
      tx.later(appendAudit(tx, audit, this.clock.now()));
      crashPoint('accept-before-commit');
      return { answers, lanes };
    });
    crashPoint('accept-after-commit');
    this.wakeups.signal(await lanes);
    return answers;
  }

  /** @returns the lanes that now have work */
  private async insert(fresh: readonly Acceptance[], tx: Tx): Promise<readonly string[]> {
    if (fresh.length === 0) return [];
    const keys = fresh.map(({ key }) => key);
    const rows = fresh.map(({ row }) => row);
    const messages = fresh.flatMap(({ message }) => (message ? [message] : []));
    const [lanes] = await Promise.all([
      this.outbox.append(tx, messages),
      this.keyRing.store(tx, keys),
      insertInbound(tx, rows),
    ]);
    return lanes;
  }
}

function auditOf({ audit }: Acceptance, { id, duplicate }: Accepted): AuditEntry {
  if (!duplicate) return audit;
  return { ...audit, action: 'intake.duplicate-received', subject: `inbound:${id}` };
}
