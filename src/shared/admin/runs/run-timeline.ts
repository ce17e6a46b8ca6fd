import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import type { TimelineItemDto } from './run-detail.dto.js';

interface TimelineRow extends Omit<TimelineItemDto, 'text' | 'durationMs'> {
  readonly until: Date | null;
}

/**
 * Everything that is known of a run, each kind by an index over the run. Audit entries of flows repeat what attempts
 * and effects say, so only those of people and of the system itself are shown.
 */
const timeline = `
  with run as materialized (select * from flow.runs where id = $1),
  items as (
    select 'event' as kind, 1 as rank, coalesce(i.received_at, m.time) as at, null::timestamptz as until,
      null::text as step, null::integer as visit, 'accepted' as outcome, null::text as actor, i.id,
      jsonb_strip_nulls(jsonb_build_object('type', m.type, 'eventId', m.id, 'channel', i.channel, 'source', i.source,
        'size', i.size)) as details
    from run r join messaging.messages m on m.id = r.started_by left join intake.inbound i on i.id = m.correlationid
    union all
    select 'run', 2, created_at, null, null, null, 'started', 'flow:' || flow, id,
      jsonb_build_object('flow', flow, 'version', version, 'mode', mode)
    from run
    union all
    select 'attempt', 3, started_at, finished_at, step, visit, outcome, null, id,
      jsonb_strip_nulls(jsonb_build_object('command', type, 'attempt', number, 'deliveryId', delivery_id,
        'decision', decision, 'error', error, 'worker', worker))
    from messaging.attempts where run_id = $1
    union all
    select 'effect', 4, updated_at, null, step, visit, state, null, id,
      jsonb_strip_nulls(jsonb_build_object('connector', connector, 'command', command, 'class', class,
        'summary', summary, 'providerId', provider_id, 'reference', reference, 'attempts', attempts,
        'generation', generation))
    from effects.effects where run_id = $1
    union all
    select 'dead-letter', 5, died_at, closed_at, step, visit, status, closed_by, delivery_id,
      jsonb_strip_nulls(jsonb_build_object('code', code, 'message', error->>'message', 'attempts', attempts,
        'closeReason', close_reason))
    from messaging.dead_letters where run_id = $1
    union all
    select 'approval', 6, created_at, decided_at, step, visit, state, decided_by, id,
      jsonb_strip_nulls(jsonb_build_object('what', what, 'role', role, 'reason', reason, 'version', version,
        'expiresAt', expires_at))
    from flow.approvals where run_id = $1
    union all
    select 'policy', 7, at, null, step, null, null, 'flow:' || flow, id,
      jsonb_build_object('policy', policy, 'version', version, 'outcome', outcome)
    from policies.decisions where run_id = $1
    union all
    select 'action', 8, at, null, null, null, outcome, actor, id,
      jsonb_build_object('action', action) || coalesce(body::jsonb->'details', '{}')
    from audit.entries where run_id = $1 and actor not like 'flow:%' and actor not like 'channel:%')
  select kind, at, until, step, visit, outcome, actor, id, details
  from items order by at desc, rank desc, id desc limit 1000`;

const wokenType = 'flow.run-woken.v1';

/** What happened in a run, in one ordered list. */
@Injectable()
export class RunTimeline {
  constructor(private readonly database: Database) {}

  /** Oldest first: the last 1,000. */
  async of(runId: string): Promise<TimelineItemDto[]> {
    const rows = await this.database.query<TimelineRow>(timeline, [runId]);
    return rows.reverse().map(({ until, ...row }) => {
      const durationMs =
        row.kind === 'attempt' && until ? Math.max(0, until.getTime() - row.at.getTime()) : null;
      return { ...row, durationMs, text: sentence(row) };
    });
  }
}

function sentence({ kind, step, outcome, actor, details }: Omit<TimelineRow, 'until'>): string {
  const say = (name: string): string => textOf(details[name]);
  switch (kind) {
    case 'event':
      return `${say('type')} accepted${details['channel'] ? ` from ${say('channel')}/${say('source')}` : ''}`;
    case 'run':
      return `${say('flow')}@${say('version')} started in ${say('mode')} mode`;
    case 'attempt':
      return say('command') === wokenType
        ? `${step}: woken${following(details)}`
        : `${step}, attempt ${say('attempt')}: ${outcome}${following(details)}`;
    case 'effect':
      return `effect on ${say('connector')} ${outcome}${details['summary'] ? `: ${say('summary')}` : ''}`;
    case 'dead-letter':
      return `${outcome === 'uncertain' ? 'uncertain' : 'dead letter'} ${say('code')}${closing(outcome, actor)}`;
    case 'approval':
      return `asked of ${say('role')}: ${say('what')}${outcome === 'open' ? '' : ` (${outcome}${actor ? ` by ${actor}` : ''})`}`;
    case 'policy':
      return `${step}: decided by ${say('policy')}@${say('version')}`;
    default:
      return `${actor}: ${say('action')}${details['reason'] ? ` (${say('reason')})` : ''}`;
  }
}

/** What an attempt decided, or how it failed. */
function following({ error, decision }: Record<string, unknown>): string {
  const failed = error as { code?: string; message?: string } | undefined;
  if (failed) return ` with ${failed.code}: ${failed.message}`;
  const next = decision as { go?: string; end?: string } | undefined;
  if (next?.go) return `, then ${next.go}`;
  return next?.end ? `, the run is ${next.end}` : '';
}

function closing(status: string | null, by: string | null): string {
  return by === null ? '' : `, ${status} by ${by}`;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? '');
}
