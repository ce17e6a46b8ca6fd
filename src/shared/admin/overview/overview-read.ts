import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import { stranded } from '../runs/runs-read.js';
import type { OverviewDto } from './overview.dto.js';

const iso = (column: string): string =>
  `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** Counts over partial indexes and the live tables; accepted ones as all minus rejected, both by index alone. */
const overview = `
  with hour as materialized (select storage.first_id_at(now() - interval '1 hour') as start),
  inbound as (
    select (select count(*) from intake.inbound where id >= (select start from hour))::integer as received,
      (select count(*) from intake.inbound where id >= (select start from hour) and status = 'rejected')::integer
        as rejected),
  runs as (
    select status, count(*)::integer as n from flow.runs
    where status in ('running', 'held', 'cancelling') group by status),
  dead as (
    select status, count(*)::integer as n from messaging.dead_letters
    where status in ('dead', 'uncertain') group by status),
  live as materialized (
    select lane, state, capability, count(*)::integer as n,
      min(due_at) filter (where state = 'pending' and due_at <= now()) as oldest
    from messaging.deliveries group by lane, state, capability),
  lanes as (select lane, state, sum(n)::integer as n from live group by lane, state),
  parked as (select capability, sum(n)::integer as n from live where state = 'parked' group by capability)
  select now() as at, i.received - i.rejected as "acceptedLastHour", i.rejected as "rejectedLastHour",
    jsonb_build_object('running', 0, 'held', 0, 'cancelling', 0)
      || coalesce((select jsonb_object_agg(status, n) from runs), '{}') as "openRuns",
    jsonb_build_object('dead', 0, 'uncertain', 0)
      || coalesce((select jsonb_object_agg(status, n) from dead), '{}') as "deadLetters",
    (select count(*) from effects.effects where state = 'uncertain')::integer as "uncertainEffects",
    coalesce((select jsonb_agg(jsonb_build_object('lane', lane, 'state', state, 'count', n) order by lane, state)
      from lanes), '[]') as lanes,
    (select round(extract(epoch from now() - min(oldest)) * 1000) from live)::float8 as "oldestDueAgeMs",
    coalesce((select jsonb_agg(jsonb_build_object('requires', capability, 'count', n) order by capability)
      from parked), '[]') as parked,
    coalesce((select jsonb_agg(jsonb_build_object('id', id, 'name', name, 'roles', roles,
        'startedAt', ${iso('started_at')}, 'seenAt', ${iso('seen_at')}) order by started_at)
      from messaging.workers where seen_at > now() - interval '30 seconds'), '[]') as workers,
    (select count(*) from flow.approvals where state = 'open')::integer as "openApprovals",
    (select count(*) from flow.runs r where ${stranded})::integer as "strandedRuns",
    (select jsonb_build_object('count', count(*), 'nextDueAt', ${iso('min(due_at)')}) from messaging.timers) as timers,
    coalesce((select jsonb_agg(jsonb_build_object('kind', kind, 'name', name, 'reason', reason) order by kind, name)
      from messaging.pauses), '[]') as paused
  from inbound i`;

/** What the console shows first, and what an operator asks at night: one statement. */
@Injectable()
export class OverviewRead {
  constructor(private readonly database: Database) {}

  async now(): Promise<OverviewDto> {
    const [row] = await this.database.query<OverviewDto>(overview);
    if (!row) throw new Error('the overview has no row');
    return row;
  }
}
