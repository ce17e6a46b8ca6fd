import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import type { FlowDto, FlowStepDto, PauseDto } from './flows.dto.js';

interface FlowRow extends Omit<FlowDto, 'paused' | 'openRuns' | 'startedBy' | 'steps' | 'commands'> {
  readonly definition: { readonly startedBy: string; readonly steps: FlowStepDto[] } | null;
  readonly pauseReason: string | null;
  readonly pausedBy: string | null;
  readonly pausedAt: Date | null;
  readonly running: number;
  readonly held: number;
  readonly cancelling: number;
}

const flows = `
  select s.flow as name, s.active_version as "activeVersion", s.mode, s.previous_mode as "previousMode",
    nullif(s.mode_since, '-infinity') as "modeSince", s.caps, s.redirect, s.revision, s.updated_by as "updatedBy",
    s.updated_at as "updatedAt", v.versions, v.definition,
    p.reason as "pauseReason", p.paused_by as "pausedBy", p.paused_at as "pausedAt",
    coalesce(o.running, 0) as running, coalesce(o.held, 0) as held, coalesce(o.cancelling, 0) as cancelling
  from flow.settings s
  left join lateral (
    select jsonb_agg(jsonb_build_object('version', v.version, 'registeredAt',
        to_char(v.registered_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) order by v.version desc) as versions,
      (array_agg(v.definition) filter (where v.version = s.active_version))[1] as definition
    from flow.versions v where v.flow = s.flow) v on true
  left join messaging.pauses p on p.kind = 'flow' and p.name = s.flow
  left join (
    select flow, (count(*) filter (where status = 'running'))::integer as running,
      (count(*) filter (where status = 'held'))::integer as held,
      (count(*) filter (where status = 'cancelling'))::integer as cancelling
    from flow.runs
    where status in ('running', 'held', 'cancelling') and ($1::text is null or flow = $1) group by flow) o
    on o.flow = s.flow
  where $1::text is null or s.flow = $1
  order by s.flow`;

/** Flows, their settings and what they have open, for people to look at. */
@Injectable()
export class FlowsRead {
  constructor(private readonly database: Database) {}

  async list(): Promise<FlowDto[]> {
    return (await this.database.query<FlowRow>(flows, [null])).map(flowDto);
  }

  async find(name: string): Promise<FlowDto | undefined> {
    const [row] = await this.database.query<FlowRow>(flows, [name]);
    return row && flowDto(row);
  }
}

function flowDto(row: FlowRow): FlowDto {
  const { definition, pauseReason, pausedBy, pausedAt, running, held, cancelling, ...flow } = row;
  const steps = definition?.steps ?? [];
  return {
    ...flow,
    versions: flow.versions ?? [],
    startedBy: definition?.startedBy ?? null,
    steps,
    commands: [...new Set(steps.map(({ command }) => command))],
    paused: pauseOf(pauseReason, pausedBy, pausedAt),
    openRuns: { running, held, cancelling },
  };
}

/** The pause of a left join; null when nothing is paused. */
export function pauseOf(reason: string | null, by: string | null, at: Date | null): PauseDto | null {
  return reason === null || by === null || at === null ? null : { reason, by, at };
}
