import { Injectable } from '@nestjs/common';
import { Database } from '../../../shared/database/database.js';
import type { Tx } from '../../../shared/database/tx.js';
import type { ChangeSet } from '../../../shared/messaging/outcome.js';

export interface DealMoveRow {
  readonly dealId: string;
  /** By the CRM's clock. */
  readonly movedAt: Date;
  /** By the CRM's id; empty for nobody. */
  readonly ownerId: string;
  /** What counts as at once. */
  readonly withinMs: number;
}

/** Deals of one owner that were moved at once. */
export interface Burst {
  /** An id that is the same for all of them. */
  readonly id: string;
  readonly dealIds: readonly string[];
}

const mostDeals = 1_000;

/**
 * Moves of deals between stages (`crm.deal_moves`), gathered as they come: a move joins what its owner's first move
 * began, within the window, or begins another burst. Kept for a week.
 */
@Injectable()
export class DealMoves implements ChangeSet<DealMoveRow> {
  readonly table = 'crm.deal_moves';

  constructor(private readonly database: Database) {}

  /** The burst of a move; undefined when the move was not noted. */
  async burstOf(dealId: string, movedAt: Date): Promise<Burst | undefined> {
    const rows = await this.database.query<{ owner_id: string; burst_at: Date; deal_id: string }>(
      `select distinct b.owner_id, b.burst_at, b.deal_id
       from crm.deal_moves m join crm.deal_moves b on b.owner_id = m.owner_id and b.burst_at = m.burst_at
       where m.deal_id = $1 and m.moved_at = $2 order by b.deal_id limit ${mostDeals}`,
      [dealId, movedAt],
    );
    const [first] = rows;
    if (!first) return undefined;
    const id = `${first.owner_id || 'nobody'}:${first.burst_at.toISOString()}`;
    return { id, dealIds: rows.map(({ deal_id }) => deal_id) };
  }

  keyOf({ dealId, movedAt }: DealMoveRow): string {
    return `${dealId}/${movedAt.toISOString()}`;
  }

  fold(earlier: DealMoveRow): DealMoveRow {
    return earlier;
  }

  /** Who notes moves of one owner does so one after the other: a burst has one beginning. */
  async write(tx: Tx, rows: readonly DealMoveRow[]): Promise<void> {
    const owners = [...new Set(rows.map(({ ownerId }) => ownerId))].sort();
    await tx.query(
      `select pg_advisory_xact_lock(h) from (
         select distinct hashtextextended('deal-moves:' || o, 0) as h from unnest($1::text[]) as o order by 1 offset 0) l`,
      [owners],
    );
    const begun = await this.begunBy(tx, owners);
    const placed = rows
      .toSorted((a, b) => a.movedAt.getTime() - b.movedAt.getTime())
      .map((row) => burstFor(row, begun));
    await tx.query(
      `insert into crm.deal_moves (deal_id, moved_at, owner_id, burst_at)
       select deal_id, moved_at, owner_id, burst_at
       from json_to_recordset($1::json) as i(deal_id text, moved_at timestamptz, owner_id text, burst_at timestamptz)
       order by deal_id, moved_at on conflict do nothing`,
      [JSON.stringify(placed)],
    );
    await tx.query(
      `delete from crm.deal_moves where (deal_id, moved_at) in (
         select deal_id, moved_at from crm.deal_moves where noted_at < now() - interval '7 days'
         order by noted_at limit 100 for update skip locked)`,
    );
  }

  private async begunBy(tx: Tx, owners: readonly string[]): Promise<Map<string, number[]>> {
    const rows = await tx.query<{ owner_id: string; burst_at: Date }>(
      `select distinct owner_id, burst_at from crm.deal_moves where owner_id = any($1::text[])`,
      [owners],
    );
    const begun = new Map<string, number[]>(owners.map((owner) => [owner, []]));
    for (const { owner_id, burst_at } of rows) begun.get(owner_id)?.push(burst_at.getTime());
    return begun;
  }
}

/** Events come in any order: a move just before the first one belongs to it as well. */
function burstFor({ dealId, movedAt, ownerId, withinMs }: DealMoveRow, begun: Map<string, number[]>) {
  const at = movedAt.getTime();
  const known = begun.get(ownerId)?.find((start) => Math.abs(at - start) < withinMs);
  if (known === undefined) begun.get(ownerId)?.push(at);
  const burst_at = new Date(known ?? at).toISOString();
  return { deal_id: dealId, moved_at: movedAt.toISOString(), owner_id: ownerId, burst_at };
}
