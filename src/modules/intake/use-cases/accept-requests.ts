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
import { Outbox } from '../../../shared/messaging/outbox.js';
import { Wakeups } from '../../../shared/messaging/wakeups.js';
import { NotDurable } from '../intake.errors.js';
import {
  advance,
  claimKeys,
  dedupeKeyOf,
  holdersOf,
  insertAttachments,
  insertInbound,
  type OrderedRow,
} from '../persistence/inbound.js';
import type { SealedRequest, SealedUpdate } from './seal-request.js';

export interface Accepted {
  /** Of the request; of the update that was there first when all of it is known. */
  readonly id: string;
  readonly duplicate: boolean;
}

const maxItems = 250;
const maxBytes = 8 * 1024 * 1024;

/**
 * Makes requests durable: those that arrive together share one transaction, and none is answered before its own rows
 * are committed. A duplicate is answered as the first was, and creates nothing but its audit entry.
 */
@Injectable()
export class AcceptRequests {
  private readonly group: Group<SealedRequest, Accepted>;

  constructor(
    private readonly database: Database,
    private readonly keyRing: KeyRing,
    private readonly outbox: Outbox,
    private readonly wakeups: Wakeups,
    private readonly clock: Clock,
  ) {
    this.group = new Group((requests) => this.commit(requests), {
      maxItems,
      maxWeight: maxBytes,
      weigh: weightOf,
      parallel: 1,
    });
  }

  /** Requests that are not durable yet. */
  get waiting(): number {
    return this.group.size;
  }

  /** How long the oldest of them has waited for its commit to begin, in milliseconds. */
  get oldestWaitMs(): number {
    return this.group.oldestWaitMs;
  }

  /** @throws INTAKE.NOT_DURABLE: nothing was accepted, the sender is to try again */
  async accept(request: SealedRequest): Promise<Accepted> {
    try {
      return await this.group.add(request);
    } catch (error) {
      if (isConnectionError(error)) throw NotDurable({ cause: error, retryAfterMs: 5_000 });
      throw error;
    }
  }

  private async commit(requests: readonly SealedRequest[]): Promise<readonly Accepted[]> {
    const { answers, lanes } = await this.database.transaction(async (tx) => {
      const updates = requests.flatMap((request) => request.updates);
      const claimed = await claimKeys(
        tx,
        updates.map(({ row }) => row),
      );
      const isFresh = ({ row }: SealedUpdate): boolean => claimed.has(row.id) || isBroken('dedupe');
      const current = await currentOf(tx, updates.filter(isFresh));
      const fresh = requests.filter((request) => request.updates.some(isFresh));
      const lanes = this.insert(tx, fresh, current);
      tx.later(lanes);
      const known = updates.filter((update) => !isFresh(update));
      const holders = await holdersOf(
        tx,
        known.map(({ row }) => row),
      );
      const holderOf = ({ row }: SealedUpdate): string =>
        holders.get(`${row.channel}|${dedupeKeyOf(row)}`) ?? row.id;
      const seen = known.map((update) => duplicateEntry(update, holderOf(update)));
      const entries = [...[...current.values()].map(({ audit }) => audit), ...seen];
      tx.later(appendAudit(tx, entries, this.clock.now()));
      crashPoint('accept-before-commit');
      const answers = requests.map((request): Accepted => {
        const [first] = request.updates;
        if (!first || request.updates.some(isFresh)) return { id: request.id, duplicate: false };
        return { id: holderOf(first), duplicate: true };
      });
      return { answers, lanes };
    });
    crashPoint('accept-after-commit');
    this.wakeups.signal(await lanes);
    return answers;
  }

  /** @returns the lanes that now have work */
  private async insert(
    tx: Tx,
    requests: readonly SealedRequest[],
    current: ReadonlyMap<string, SealedUpdate>,
  ): Promise<readonly string[]> {
    if (requests.length === 0) return [];
    const updates = [...current.values()];
    const keys = new Map(
      [...requests.map(({ bodyKey }) => bodyKey), ...updates.map(({ key }) => key)].map((k) => [k.key.id, k]),
    );
    const messages = updates.flatMap(({ message }) => (message ? [message] : []));
    const [lanes] = await Promise.all([
      this.outbox.append(tx, messages),
      this.keyRing.store(tx, [...keys.values()]),
      insertInbound(
        tx,
        updates.map(({ row }) => row),
        requests.map(({ body }) => body),
      ),
      insertAttachments(
        tx,
        updates.flatMap(({ attachments }) => attachments),
      ),
    ]);
    return lanes;
  }
}

function weightOf({ body, updates }: SealedRequest): number {
  const sizes = updates.map(({ message, attachments }) => {
    const files = attachments.reduce((sum, { content }) => sum + content.length, 0);
    return 1_500 + (message?.payload.length ?? 0) + files;
  });
  return sizes.reduce((sum, size) => sum + size, body.body.length);
}

/**
 * The fresh updates by id. One that tells of an older state than is known becomes `superseded`: it is kept, and
 * nothing follows from it.
 */
async function currentOf(tx: Tx, fresh: readonly SealedUpdate[]): Promise<ReadonlyMap<string, SealedUpdate>> {
  const telling = fresh.filter(({ message }) => message !== undefined);
  const told = telling.flatMap(({ row: { channel }, order, also = [] }) =>
    [...(order ? [order] : []), ...also].map(({ key, at }) => ({ channel, key, at })),
  );
  const newest = new Map<string, OrderedRow>();
  for (const one of told) {
    const name = `${one.channel}|${one.key}`;
    if (one.at > (newest.get(name)?.at ?? -Infinity)) newest.set(name, one);
  }
  const newer = await advance(tx, [...newest.values()]);
  const taken = new Set<string>();
  const isCurrent = ({ row: { channel }, order, message }: SealedUpdate): boolean => {
    if (!order || !message) return true;
    const name = `${channel}|${order.key}`;
    if (!newer.has(name) || newest.get(name)?.at !== order.at || taken.has(name)) return false;
    taken.add(name);
    return true;
  };
  return new Map(fresh.map((update) => [update.row.id, isCurrent(update) ? update : superseded(update)]));
}

function superseded(update: SealedUpdate): SealedUpdate {
  const problem = { message: 'Something newer of the same was told before.' };
  return {
    ...update,
    message: undefined,
    attachments: [],
    row: { ...update.row, status: 'superseded', problem, message_id: null },
    audit: { ...update.audit, action: 'intake.event-superseded' },
  };
}

function duplicateEntry({ audit }: SealedUpdate, holder: string): AuditEntry {
  return { ...audit, action: 'intake.duplicate-received', subject: `inbound:${holder}` };
}
