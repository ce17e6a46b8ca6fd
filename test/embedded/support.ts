import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import pg from 'pg';
import { onTestFinished } from 'vitest';

import { startPostgres } from '../../src/shared/embedded/postgres.js';
import type { EmbeddedPostgres, PostgresOptions } from '../../src/shared/embedded/postgres.js';
import { isAlive, waitUntil } from '../../src/shared/embedded/processes.js';

export const fixture = (name: string) => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));

/** A new folder, with a blank in its name, that is removed when the test has finished. */
export async function newFolder(parent = tmpdir()): Promise<string> {
  const folder = await mkdtemp(join(parent, 'signalbox test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A PostgreSQL that is stopped when the test has finished. */
export async function postgres(options: PostgresOptions): Promise<EmbeddedPostgres> {
  const server = await startPostgres(options);
  onTestFinished(() => server.stop());
  return server;
}

/** Runs one statement and gives the first column of its first row. */
export async function ask(url: string, sql: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<unknown[]>({ text: sql, rowMode: 'array' });
    return rows[0]?.[0];
  } finally {
    await client.end();
  }
}

/** A process of its own that starts PostgreSQL; `ready` is what it says about the server. */
export function launcher(dataDir: string, strategy?: string, script = fixture('launcher.mjs')) {
  const hook = script.replace('launcher.mjs', 'typescript-hook.mjs');
  const args = ['--import', hook, script, dataDir, ...(strategy ? [strategy] : [])];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return { child, ready: firstLine(child) };
}

export interface Launched {
  readonly pid: number;
  readonly port: number;
  readonly url: string;
  readonly adopted: boolean;
}

export async function killHard(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await ended(child.pid ?? 0);
}

export async function ended(pid: number): Promise<void> {
  if (!(await waitUntil(() => !isAlive(pid), 15_000))) throw new Error(`process ${pid} still runs`);
}

function firstLine(child: ChildProcess & { stdout: NodeJS.ReadableStream }): Promise<Launched> {
  const promise = new Promise<Launched>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', (line) => resolve(JSON.parse(line) as Launched));
    child.once('exit', (code, signal) => reject(new Error(`the launcher ended with ${signal ?? code}`)));
  });
  promise.catch(() => undefined);
  return promise;
}
