import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import { allMessages } from '../../kernel/message.js';
import { LaneGates } from '../../messaging/lane-gates.js';
import { localLane } from '../../messaging/lanes.js';
import { pauseOf } from '../flows/flows-read.js';
import type { ConnectorDto } from './connectors.dto.js';

interface LaneRow extends Omit<ConnectorDto, 'openEffects' | 'paused' | 'isConnector' | 'closedForMs'> {
  readonly planned: number;
  readonly sending: number;
  readonly uncertain: number;
  readonly pauseReason: string | null;
  readonly pausedBy: string | null;
  readonly pausedAt: Date | null;
}

const lanes = `
  with live as (
    select lane as name, (count(*) filter (where state = 'pending'))::integer as pending,
      (count(*) filter (where state = 'leased'))::integer as leased,
      (count(*) filter (where state = 'suspect'))::integer as suspect,
      (count(*) filter (where state = 'parked'))::integer as parked,
      min(due_at) filter (where state = 'pending' and due_at <= now()) as oldest
    from messaging.deliveries group by lane),
  open as (
    select connector as name, (count(*) filter (where state = 'planned'))::integer as planned,
      (count(*) filter (where state = 'sending'))::integer as sending,
      (count(*) filter (where state = 'uncertain'))::integer as uncertain
    from effects.effects where state in ('planned', 'sending', 'uncertain') group by connector)
  select n.name, coalesce(l.pending, 0) as pending, coalesce(l.leased, 0) as leased, coalesce(l.suspect, 0) as suspect,
    coalesce(l.parked, 0) as parked, l.oldest as "oldestDueAt",
    round(extract(epoch from now() - l.oldest) * 1000)::float8 as "oldestDueAgeMs",
    coalesce(o.planned, 0) as planned, coalesce(o.sending, 0) as sending, coalesce(o.uncertain, 0) as uncertain,
    p.reason as "pauseReason", p.paused_by as "pausedBy", p.paused_at as "pausedAt"
  from (
    select unnest($1::text[]) as name union select name from live union select name from open
    union select name from messaging.pauses where kind = 'connector') n
  left join live l using (name) left join open o using (name)
  left join messaging.pauses p on p.kind = 'connector' and p.name = n.name
  order by n.name`;

/** Connectors and what waits for them, for people to look at. */
@Injectable()
export class ConnectorsRead {
  constructor(
    private readonly database: Database,
    private readonly gates: LaneGates,
  ) {}

  async list(): Promise<ConnectorDto[]> {
    const rows = await this.database.query<LaneRow>(lanes, [[localLane, ...declaredConnectors()]]);
    return rows.map(({ planned, sending, uncertain, pauseReason, pausedBy, pausedAt, ...lane }) => ({
      ...lane,
      isConnector: lane.name !== localLane,
      openEffects: { planned, sending, uncertain },
      paused: pauseOf(pauseReason, pausedBy, pausedAt),
      closedForMs: Math.ceil(this.gates.closedFor(lane.name)),
    }));
  }

  /** Of this version, or with something open of another. */
  async find(name: string): Promise<ConnectorDto | undefined> {
    return (await this.list()).find((one) => one.name === name && one.isConnector);
  }
}

/** What the commands of this version name as the one that carries their effect out. */
function declaredConnectors(): string[] {
  return [
    ...new Set(allMessages().flatMap(({ options }) => (options.effect ? [options.effect.connector] : []))),
  ];
}
