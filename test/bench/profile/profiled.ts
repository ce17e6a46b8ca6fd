import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { until } from '../../support/until.ts';
import type { AppProcess } from '../../system/app-process.ts';
import type { BenchOptions } from '../options.ts';
import { round } from '../statistics.ts';
import type { World } from '../world.ts';
import { sharesOf } from './cpu-profile.ts';
import type { CpuProfile, CpuShares } from './cpu-profile.ts';

export interface Statement {
  readonly text: string;
  readonly calls: number;
  readonly rows: number;
  readonly meanMs: number;
  /** Of the mean: what planning took. */
  readonly planMs: number;
  /** Percent of the time that all statements took. */
  readonly percent: number;
  readonly walKb: number;
}

const preload = new URL('./preload.ts', import.meta.url).href;

/** Where the time goes while some work is done. */
export interface Profile {
  readonly cpu: CpuShares;
  readonly statementsTotal: number;
  readonly statementsMs: number;
  readonly statements: readonly Statement[];
}

/**
 * Does some work under a profile of the application's process and of its statements.
 * @returns nothing, and does nothing, when no profile was asked for
 */
export async function profiled<T>(
  { profile }: BenchOptions,
  world: World,
  app: AppProcess,
  database: string,
  work: () => Promise<T>,
): Promise<{ value: T; profile: Profile } | undefined> {
  if (!profile) return undefined;
  const file = profileFile(world.dir, app.name);
  rmSync(file, { force: true });
  const client = new pg.Client({ connectionString: databaseOf(world, database), application_name: 'bench' });
  await client.connect();
  await client.query('create extension if not exists pg_stat_statements');
  await client.query('select pg_stat_statements_reset()');
  process.kill(app.pid, 'SIGUSR2');
  const value = await work();
  process.kill(app.pid, 'SIGUSR2');
  const statements = await readStatements(client);
  await client.end();
  await until('the profile', () => existsSync(file), 60_000);
  await sleep(50);
  const cpu = sharesOf(JSON.parse(readFileSync(`${file}.part`, 'utf8')) as CpuProfile);
  return { value, profile: { cpu, ...statements } };
}

/** What a process of this name needs to be profiled. */
export function profilerEnvironment(dir: string, name: string): Record<string, string> {
  return { NODE_OPTIONS: `--import=${preload}`, BENCH_PROFILE_FILE: profileFile(dir, name) };
}

function profileFile(dir: string, name: string): string {
  return join(dir, `${name}.cpuprofile`);
}

function databaseOf({ postgres }: World, database: string): string {
  const url = new URL(postgres.adminUrl);
  url.pathname = `/${database}`;
  return url.toString();
}

async function readStatements(client: pg.Client): Promise<Omit<Profile, 'cpu'>> {
  const { rows } = await client.query<Record<'query' | 'calls' | 'rows' | 'ms' | 'plan' | 'wal', string>>(
    `select s.query, s.calls, s.rows, s.total_exec_time + s.total_plan_time as ms,
       s.total_plan_time as plan, s.wal_bytes as wal
     from pg_stat_statements s join pg_database d on d.oid = s.dbid
     where d.datname = current_database() and s.calls > 0 order by ms desc`,
  );
  const total = rows.reduce((sum, { ms }) => sum + Number(ms), 0);
  return {
    statementsTotal: rows.reduce((sum, { calls }) => sum + Number(calls), 0),
    statementsMs: round(total),
    statements: rows.slice(0, 15).map((row) => ({
      text: row.query.replace(/\s+/g, ' ').trim().slice(0, 140),
      calls: Number(row.calls),
      rows: Number(row.rows),
      meanMs: round(Number(row.ms) / Number(row.calls), 2),
      planMs: round(Number(row.plan) / Number(row.calls), 2),
      percent: round((Number(row.ms) * 100) / Math.max(1, total), 1),
      walKb: round(Number(row.wal) / 1024),
    })),
  };
}
