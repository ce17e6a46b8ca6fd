import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { rowsPerKey } from './lanes.js';
import type { LeasedRow } from './lease.js';

export interface ClaimRequest {
  lane: string;
  /** What this process can run and is not paused, in the order in which flows take turns. */
  capabilities: readonly string[];
  /** Free slots. */
  limit: number;
  owner: string;
  leaseSeconds: number;
}

const message = `m.payload, m.key_id, m.time, m.aggregatetype, m.aggregateid, m.correlationid, m.partitionkey, m.traceparent`;
const delivery = `d.id, d.fence, d.message_id, d.type, d.handler, d.lane, d.capability, d.flow, d.run_id, d.step, d.visit,
  d.order_key, d.hold, d.max_attempts, d.attempts, d.crashes, d.created_at, d.seq`;

/** Sets the lease on the rows that `picked` names and joins their messages. */
const leaseThem = `
  leased as (
    update messaging.deliveries d
    set state = 'leased', owner = $1, fence = nextval('messaging.fences'),
      lease_expires_at = now() + make_interval(secs => $2), attempts = d.attempts + 1
    from picked p where d.id = p.id
    returning ${delivery})
  select ${delivery}, ${message}
  from leased d join messaging.messages m on m.id = d.message_id
  order by d.seq`;

/**
 * Unordered deliveries. Each capability gives its oldest due rows, and the claim takes them in turn: first the oldest
 * of each, then the second of each. So one flow's bulk replay starves no other.
 */
const claimUnordered = `
  with due as materialized (
    select c.id, c.turn
    from unnest($3::text[]) as capability(name)
    cross join lateral (
      select locked.id, row_number() over () as turn
      from (
        select d.id from messaging.deliveries d
        where d.lane = $5 and d.capability = capability.name and d.state = 'pending' and d.order_key is null
          and d.due_at <= now()
        order by d.due_at limit $4 for update skip locked) locked) c),
  picked as materialized (select id from due order by turn limit $4),
  ${leaseThem}`;

/**
 * Leases of keys: who holds a key runs its rows, in order. Keys are taken in one order by all (deadlocks), one that
 * somebody holds is left alone, one whose lease expired is taken over.
 */
const claimKeys = `
  with due as materialized (
    select distinct c.order_key
    from unnest($3::text[]) as capability(name)
    cross join lateral (
      select d.order_key from messaging.deliveries d
      where d.lane = $5 and d.capability = capability.name and d.state = 'pending' and d.order_key is not null
        and d.due_at <= now()
      order by d.due_at limit $4) c),
  free as (
    select order_key from due
    where not exists (
      select from messaging.key_leases k where k.order_key = due.order_key and k.expires_at >= now())
    and not exists (
      select from messaging.dead_letters l
      where l.order_key = due.order_key and l.hold and l.status in ('dead', 'uncertain'))
    order by order_key limit $4)
  insert into messaging.key_leases as k (order_key, owner, fence, expires_at)
  select order_key, $1::uuid, nextval('messaging.fences'), now() + make_interval(secs => $2) from free
  on conflict (order_key) do update
    set owner = excluded.owner, fence = excluded.fence, expires_at = excluded.expires_at
    where k.expires_at < now()
  returning k.order_key`;

/**
 * The rows of the keys just taken: of each key, from its oldest on, up to the first that is not due, not runnable
 * here, or not pending. It is a statement of its own so that it sees what the key's previous holder committed.
 */
const claimRowsOfKeys = `
  with head as materialized (
    select d.id, d.seq,
      bool_and(d.state = 'pending' and d.due_at <= now() and d.lane = $5 and d.capability = any($3::text[]))
        over (partition by d.order_key order by d.seq) as runnable,
      row_number() over (partition by d.order_key order by d.seq) as place
    from messaging.deliveries d where d.order_key = any($6::bytea[])),
  picked as materialized (
    select id from head where runnable and place <= ${rowsPerKey} order by place, seq limit $4),
  ${leaseThem}`;

/** Deliveries whose worker died while it held them: one at a time, and for an ordered key only at its head. */
const claimSuspect = `
  with candidate as materialized (
    select d.id, d.order_key from messaging.deliveries d
    where d.state = 'suspect' and d.capability = any($3::text[])
      and (d.order_key is null or not exists (
        select from messaging.deliveries e where e.order_key = d.order_key and e.seq < d.seq))
      and (d.order_key is null or not exists (
        select from messaging.key_leases k where k.order_key = d.order_key and k.expires_at >= now()))
    order by d.seq limit 1 for update skip locked),
  key as (
    insert into messaging.key_leases as k (order_key, owner, fence, expires_at)
    select order_key, $1::uuid, nextval('messaging.fences'), now() + make_interval(secs => $2)
    from candidate where order_key is not null
    on conflict (order_key) do update
      set owner = excluded.owner, fence = excluded.fence, expires_at = excluded.expires_at
      where k.expires_at < now()
    returning k.order_key),
  picked as materialized (
    select id from candidate where order_key is null or order_key in (select order_key from key)),
  ${leaseThem}`;

/** Leases deliveries to this process. */
@Injectable()
export class Claims {
  constructor(private readonly database: Database) {}

  /** One statement, one commit. */
  async unordered(request: ClaimRequest): Promise<LeasedRow[]> {
    return this.database.query<LeasedRow>(claimUnordered, parameters(request));
  }

  /** Two statements in one commit; rows of one key come in order. Keys that turn out to have no row are given back. */
  async ordered(request: ClaimRequest): Promise<LeasedRow[]> {
    return this.database.transaction(async (tx) => {
      const taken = await tx.query<{ order_key: Buffer }>(claimKeys, parameters(request));
      if (taken.length === 0) return [];
      const keys = taken.map(({ order_key }) => order_key);
      const rows = await tx.query<LeasedRow>(claimRowsOfKeys, [...parameters(request), keys]);
      const used = new Set(rows.map(({ order_key }) => order_key?.toString('hex')));
      const unused = keys.filter((key) => !used.has(key.toString('hex')));
      if (unused.length > 0) {
        await tx.query(`delete from messaging.key_leases where order_key = any($1::bytea[]) and owner = $2`, [
          unused,
          request.owner,
        ]);
      }
      return rows;
    });
  }

  /** The oldest suspect that this process can run, if any. */
  async suspect(request: Omit<ClaimRequest, 'lane' | 'limit'>): Promise<LeasedRow | undefined> {
    const { owner, leaseSeconds, capabilities } = request;
    const rows = await this.database.query<LeasedRow>(claimSuspect, [owner, leaseSeconds, [...capabilities]]);
    return rows[0];
  }

  /** Extends all leases of this process by one statement; gives the deliveries that it still holds. */
  async renew(owner: string, leaseSeconds: number): Promise<Set<string>> {
    const rows = await this.database.query<{ id: string }>(
      `with held as (
         update messaging.deliveries set lease_expires_at = now() + make_interval(secs => $2)
         where owner = $1 and state = 'leased' returning id),
       keys as (
         update messaging.key_leases set expires_at = now() + make_interval(secs => $2) where owner = $1)
       select id from held`,
      [owner, leaseSeconds],
    );
    return new Set(rows.map(({ id }) => id));
  }
}

function parameters({ lane, owner, leaseSeconds, capabilities, limit }: ClaimRequest): unknown[] {
  return [owner, leaseSeconds, [...capabilities], limit, lane];
}
