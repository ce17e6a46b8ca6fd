import pg from 'pg';

export interface InboundFact {
  readonly id: string;
  readonly channel: string;
  /** The sender's id. */
  readonly webhookId: string;
  readonly status: 'accepted' | 'rejected';
  readonly messageId: string | null;
}

export interface RunFact {
  readonly id: string;
  readonly flow: string;
  readonly status: string;
  readonly reason: string | null;
  readonly step: string;
  /** The message that started it. */
  readonly startedBy: string;
}

export interface EffectFact {
  readonly id: string;
  readonly runId: string | null;
  readonly state: string;
  readonly providerId: string | null;
}

/** A delivery that is not ended, or a dead letter that is open. */
export interface OpenFact {
  readonly kind: 'delivery' | 'dead letter' | 'timer';
  readonly id: string;
  readonly runId: string | null;
  readonly messageId: string;
  /** State of a delivery, code of a dead letter. */
  readonly state: string;
  readonly step: string;
}

/** All that the database says about what was accepted and what became of it. */
export interface Facts {
  readonly inbound: readonly InboundFact[];
  readonly runs: readonly RunFact[];
  readonly effects: readonly EffectFact[];
  readonly open: readonly OpenFact[];
}

export interface AttemptFact {
  readonly deliveryId: string;
  readonly runId: string | null;
  readonly step: string;
  readonly outcome: string;
  readonly worker: string;
  readonly startedAt: Date;
  readonly finishedAt: Date;
  readonly error: { readonly code: string } | null;
}

const inbound = `
  select id, channel, substring(delivery_key from position(':' in delivery_key) + 1) as "webhookId", status,
    message_id as "messageId"
  from intake.inbound order by id`;
const runs = `select id, flow, status, reason, step, started_by as "startedBy" from flow.runs order by id`;
const effects = `select id, run_id as "runId", state, provider_id as "providerId" from effects.effects order by id`;
const open = `
  select 'delivery' as kind, id, run_id as "runId", message_id as "messageId", state, step from messaging.deliveries
  union all
  select 'timer', id, run_id, message_id, 'waiting', step from messaging.timers
  union all
  select 'dead letter', delivery_id, run_id, message_id, code, step
  from messaging.dead_letters where status in ('dead', 'uncertain')`;
const attempts = `
  select delivery_id as "deliveryId", run_id as "runId", step, outcome, worker, started_at as "startedAt",
    finished_at as "finishedAt", error
  from messaging.attempts order by id`;

/** Reads facts from the database of a system under test. Survives that its connections are cut. */
export class FactReader {
  private readonly pool: pg.Pool;

  constructor(url: string) {
    this.pool = new pg.Pool({
      connectionString: url,
      max: 2,
      application_name: 'facts',
      connectionTimeoutMillis: 5_000,
    });
    this.pool.on('error', () => undefined);
  }

  async read(): Promise<Facts> {
    return {
      inbound: await this.query<InboundFact>(inbound),
      runs: await this.query<RunFact>(runs),
      effects: await this.query<EffectFact>(effects),
      open: await this.query<OpenFact>(open),
    };
  }

  /** Every attempt that was recorded, oldest first. */
  async attempts(): Promise<AttemptFact[]> {
    return this.query<AttemptFact>(attempts);
  }

  /** Work that nobody has ended: live deliveries, timers, runs under way. Dead letters and held runs wait for a person. */
  async unsettled(): Promise<number> {
    const [row] = await this.query<{ count: number }>(
      `select ((select count(*) from messaging.deliveries) + (select count(*) from messaging.timers)
         + (select count(*) from flow.runs where status in ('running', 'cancelling')))::int as count`,
    );
    return row?.count ?? 0;
  }

  async query<Row extends object>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    const { rows } = await this.pool.query<Row>(sql, [...parameters]);
    return rows;
  }

  async close(): Promise<void> {
    await this.pool.end();
  }
}
