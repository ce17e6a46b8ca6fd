import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { until } from '../support/until.ts';

export interface EffectTimes {
  /** From the arrival of the event to the provider's confirmed answer, of each run, in milliseconds. */
  readonly latencies: number[];
  /** From the first arrival to the last confirmed answer, in seconds. */
  readonly seconds: number;
  readonly confirmed: number;
}

/** What one application's database says, asked rarely and cheaply enough not to be measured itself. */
export class Ledger {
  private readonly pool: pg.Pool;

  constructor(url: string) {
    this.pool = new pg.Pool({ connectionString: url, max: 1, application_name: 'bench' });
    this.pool.on('error', () => undefined);
  }

  async rows<Row extends object>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    const { rows } = await this.pool.query<Row>(sql, [...parameters]);
    return rows;
  }

  async number(sql: string, parameters: readonly unknown[] = []): Promise<number> {
    const [row] = await this.rows<{ n: string }>(sql, parameters);
    return Number(row?.n ?? 0);
  }

  inbound(): Promise<number> {
    return this.number('select count(*) as n from intake.inbound');
  }

  /** Waits until so many more events than before have come to the end of their runs. @throws Error when they don't */
  async drained(timeoutMs: number): Promise<void> {
    const open = `
      select (exists (select from messaging.deliveries) or
        exists (select from flow.runs where status in ('running', 'cancelling')))::int as n`;
    await until(
      'all runs to end',
      async () => {
        if ((await this.number(open)) === 0) return true;
        await sleep(100);
        return false;
      },
      timeoutMs,
    );
  }

  /** Of the runs whose event's sender id begins with this tag. */
  async effects(tag: string): Promise<EffectTimes> {
    const rows = await this.rows<{ arrived: Date; answered: Date }>(
      `select i.received_at as arrived, a.finished_at as answered
       from intake.inbound i
       join flow.runs r on r.started_by = i.message_id and r.status = 'done'
       join effects.effects e on e.run_id = r.id and e.state = 'confirmed'
       join messaging.attempts a on a.delivery_id = e.delivery_id and a.outcome = 'done'
       where i.delivery_key like $1`,
      [`contact:msg\\_${tag}\\_%`],
    );
    const arrived = rows.map((row) => row.arrived.getTime());
    const answered = rows.map((row) => row.answered.getTime());
    const least = arrived.reduce((a, b) => Math.min(a, b), Infinity);
    const most = answered.reduce((a, b) => Math.max(a, b), 0);
    return {
      latencies: answered.map((time, i) => time - (arrived[i] as number)),
      seconds: rows.length === 0 ? 0 : (most - least) / 1000,
      confirmed: rows.length,
    };
  }

  /** Transactions of this database so far; what idle sessions did in the last ten seconds may be missing. */
  commits(): Promise<number> {
    return this.number('select xact_commit as n from pg_stat_database where datname = current_database()');
  }

  /** Transactions of the whole server that wrote, so far; exact. */
  writes(): Promise<number> {
    return this.number(`select pg_snapshot_xmax(pg_current_snapshot())::text::bigint as n`);
  }

  async close(): Promise<void> {
    await this.pool.end();
  }
}
