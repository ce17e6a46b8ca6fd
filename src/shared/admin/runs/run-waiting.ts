import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import type { WaitingForDto } from './run-detail.dto.js';

interface WaitRow {
  readonly kind: string;
  readonly step: string | null;
  readonly deliveryId: string | null;
  readonly until: Date | null;
  readonly requires: string | null;
  /** What else the sentence needs: a worker's name, a person's reason. */
  readonly note: string | null;
  readonly attempts: number;
  /** Deliveries of the same key that come first. */
  readonly ahead: number;
  readonly inSeconds: number | null;
}

/** All that could move a run on: live deliveries, timers, open dead letters. The most telling first. */
const waits = `
  select case
      when d.state in ('leased', 'suspect', 'parked') then d.state
      when p.name is not null then 'paused'
      when o.ahead > 0 then 'order'
      when d.due_at > now() then 'due' else 'queued' end as kind,
    d.step, d.id as "deliveryId", case when d.state = 'leased' then d.lease_expires_at else d.due_at end as until,
    case when d.state = 'parked' then d.capability when p.name is not null then p.kind || ' ' || p.name end as requires,
    coalesce(p.reason, w.name) as note, d.attempts, o.ahead::integer as ahead,
    ceil(extract(epoch from d.due_at - now()))::integer as "inSeconds", 1 as rank
  from messaging.deliveries d
  left join messaging.workers w on w.id = d.owner
  left join lateral (
    select p.kind, p.name, p.reason from messaging.pauses p
    where (p.kind, p.name) in (('flow', d.flow), ('connector', d.lane)) limit 1) p on d.state = 'pending'
  cross join lateral (
    select count(*) as ahead from messaging.deliveries e where e.order_key = d.order_key and e.seq < d.seq) o
  where d.run_id = $1
  union all
  select 'dead-letter', l.step, l.delivery_id, null, l.code, l.status, l.attempts, 0, null, 2
  from messaging.dead_letters l where l.run_id = $1 and l.status in ('dead', 'uncertain')
  union all
  select 'timer', t.step, t.id, t.due_at, null, null, 0, 0,
    ceil(extract(epoch from t.due_at - now()))::integer, 4
  from messaging.timers t where t.run_id = $1
  union all
  select 'approval', a.step, a.id, a.expires_at, a.role, a.what, 0, 0, null, 3
  from flow.approvals a where a.run_id = $1 and a.state = 'open'
  union all
  select 'events', r.step, null, null, string_agg(w.event_type, ', ' order by w.place), null, 0, 0, null, 5
  from flow.runs r join flow.waits w on w.run_id = r.id and w.visit = r.visit
  where r.id = $1 and r.status = 'running' group by r.step
  order by rank, until limit 1`;

const nowhere = { step: null, deliveryId: null, until: null, requires: null };

/** What a run is waiting for at this moment. */
@Injectable()
export class RunWaiting {
  constructor(private readonly database: Database) {}

  async of(runId: string, status: string): Promise<WaitingForDto> {
    const [row] = await this.database.query<WaitRow>(waits, [runId]);
    if (row) {
      const { kind, step, deliveryId, until, requires } = row;
      return { kind, text: sentence(row), step, deliveryId, until, requires };
    }
    if (['running', 'cancelling', 'held'].includes(status)) {
      return { kind: 'stranded', text: `the run is ${status} and nothing will move it`, ...nowhere };
    }
    return { kind: 'nothing', text: `the run is ${status}`, ...nowhere };
  }
}

function sentence(row: WaitRow): string {
  const { kind, requires, note, attempts, ahead, inSeconds } = row;
  switch (kind) {
    case 'leased':
      return `${note ?? 'a worker'} works on it, attempt ${attempts}`;
    case 'suspect':
      return 'its worker died; it is run alone next';
    case 'parked':
      return `parked: no process can run ${requires}`;
    case 'paused':
      return `${requires} is paused: ${note}`;
    case 'order':
      return `${ahead} of the same key come first`;
    case 'dead-letter':
      return `a person decides on the ${note === 'uncertain' ? 'uncertain effect' : 'dead letter'}: ${requires}`;
    case 'approval':
      return `the role ${requires} is asked: ${note}`;
    case 'events':
      return `an event: ${requires}`;
    case 'timer':
      return `a timer, due in ${Math.max(0, inSeconds ?? 0)} s`;
    case 'due':
      return `due in ${inSeconds} s, attempt ${attempts + 1}`;
    default:
      return 'due now';
  }
}
