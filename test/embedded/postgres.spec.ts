import { readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';

import { startPostgres } from '../../src/shared/embedded/postgres.js';
import { isAlive, waitUntil } from '../../src/shared/embedded/processes.js';
import { ask, ended, killHard, launcher, newFolder, postgres } from './support.js';

let template: string;

beforeAll(async () => {
  template = await mkdtemp(join(tmpdir(), 'signalbox template-'));
  await (await startPostgres({ dataDir: template })).stop();
}, 60_000);

afterAll(() => rm(template, { recursive: true, force: true }));

/** A data directory in which PostgreSQL ran before: a copy, because making one takes a second or two. */
async function used(): Promise<string> {
  const folder = await newFolder();
  await cp(template, folder, { recursive: true });
  return folder;
}

describe('the embedded PostgreSQL', { timeout: 60_000 }, () => {
  it('is created by the first start and kept by the second', async () => {
    const dataDir = join(await newFolder(), 'data');
    const first = await postgres({ dataDir });
    expect(first).toMatchObject({ adopted: false, firstStart: true });
    await ask(first.url, 'CREATE TABLE kept (text text)');
    await ask(first.url, "INSERT INTO kept VALUES ('yes')");
    await first.stop();
    expect(isAlive(first.pid)).toBe(false);

    const second = await postgres({ dataDir });
    expect(second).toMatchObject({ adopted: false, firstStart: false });
    expect(await ask(second.url, 'SELECT text FROM kept')).toBe('yes');
  });

  it('loses nothing by its settings, and gives the application no superuser', async () => {
    const { url, adminUrl } = await postgres({ dataDir: await used() });
    const setting = (name: string) => ask(url, `SELECT current_setting('${name}')`);
    expect(await setting('fsync')).toBe('on');
    expect(await setting('synchronous_commit')).toBe('on');
    expect(await setting('data_checksums')).toBe('on');
    expect(await setting('server_encoding')).toBe('UTF8');
    expect(await setting('listen_addresses')).toBe('127.0.0.1');
    expect(await setting('shared_buffers')).toBe('256MB');
    expect(await ask(url, 'SELECT rolsuper FROM pg_roles WHERE rolname = current_user')).toBe(false);
    expect(await ask(adminUrl, 'SELECT rolsuper FROM pg_roles WHERE rolname = current_user')).toBe(true);
  });

  it('lets nobody in without the password, which only the owner can read', async () => {
    const dataDir = await newFolder();
    const { url, adminUrl } = await postgres({ dataDir });
    const wrong = (text: string) => text.replace(/:[^:@/]+@/, ':wrong@');
    await expect(ask(wrong(url), 'SELECT 1')).rejects.toThrow(/password authentication failed/);
    await expect(ask(wrong(adminUrl), 'SELECT 1')).rejects.toThrow(/password authentication failed/);
    expect((await stat(join(dataDir, 'secrets.json'))).mode & 0o777).toBe(0o600);
    expect(await readdir(dataDir)).not.toContainEqual(expect.stringContaining('init'));
  });

  it('survives a kill -9 of its launcher and is adopted by the next start, which can stop it', async () => {
    const dataDir = await used();
    const killed = launcher(dataDir);
    const before = await killed.ready;
    await ask(before.url, 'CREATE TABLE kept (text text)');
    await killHard(killed.child);
    expect(isAlive(before.pid)).toBe(true);

    const after = await postgres({ dataDir });
    expect(after).toMatchObject({ adopted: true, pid: before.pid, port: before.port });
    expect(await ask(after.url, 'SELECT count(*)::int FROM kept')).toBe(0);
    await after.stop();
    expect(isAlive(before.pid)).toBe(false);
  });

  it('recovers when the server was killed and left its pid file', async () => {
    const dataDir = await used();
    const first = await startPostgres({ dataDir });
    await ask(first.url, 'CREATE TABLE kept (text text)');
    process.kill(first.pid, 'SIGKILL');
    await ended(first.pid);
    await first.stop();

    const second = await postgres({ dataDir });
    expect(second.adopted).toBe(false);
    expect(await ask(second.url, 'SELECT count(*)::int FROM kept')).toBe(0);
  });

  it('is not fooled by a pid file whose number is another program’s by now', async () => {
    const dataDir = await used();
    const first = await startPostgres({ dataDir });
    const pidFile = join(dataDir, 'postgres', 'postmaster.pid');
    const text = readFileSync(pidFile, 'utf8');
    await first.stop();
    await writeFile(pidFile, text.replace(/^\d+/, String(process.ppid)));
    expect((await postgres({ dataDir })).adopted).toBe(false);
  });

  it('starts over when the first start was killed in the middle of initdb', async () => {
    const dataDir = await newFolder();
    const killed = launcher(dataDir);
    const draft = async () => (await readdir(dataDir)).find((name) => name.startsWith('postgres.init-'));
    let seen: string | undefined;
    while (!seen) seen = await draft();
    await killHard(killed.child);
    expect(await readdir(dataDir)).not.toContain('postgres');

    expect((await postgres({ dataDir })).firstStart).toBe(true);
    expect(await draft()).not.toBe(seen);
  });

  it('refuses a data directory that another Signalbox uses, and takes over a dead one’s', async () => {
    const dataDir = await used();
    const other = launcher(dataDir);
    const { pid } = await other.ready;
    await expect(startPostgres({ dataDir })).rejects.toThrow(
      new RegExp(`in use by another Signalbox \\(process ${other.child.pid}\\).*SIGNALBOX_DATA_DIR`),
    );
    other.child.stdin.end();
    await ended(other.child.pid ?? 0);
    expect(isAlive(pid)).toBe(false);
    expect((await postgres({ dataDir })).adopted).toBe(false);
    await expect(startPostgres({ dataDir })).rejects.toThrow(/in use by another Signalbox/);
  });

  it('says what to do when the data directory is not a folder it can use', async () => {
    const file = join(await newFolder(), 'file');
    await writeFile(file, '');
    const message =
      /data directory .*file.* cannot be used \((EEXIST|ENOTDIR)\)\. Make it .*SIGNALBOX_DATA_DIR/;
    await expect(startPostgres({ dataDir: file })).rejects.toThrow(message);
    await expect(startPostgres({ dataDir: join(file, 'below') })).rejects.toThrow(message);
  });

  it('says so when the configured port is taken, and uses it when it is free', async () => {
    const dataDir = await used();
    const blocker = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void blocker.close());
    await waitUntil(() => blocker.listening, 5_000);
    const { port } = blocker.address() as AddressInfo;
    await expect(startPostgres({ dataDir, port })).rejects.toThrow(
      /already in use\. Set SIGNALBOX_POSTGRES_PORT/,
    );
    await new Promise((done) => blocker.close(done));
    expect((await postgres({ dataDir, port })).port).toBe(port);
  });

  it('refuses what another major version, or something else, has left there', async () => {
    const dataDir = await used();
    await writeFile(join(dataDir, 'postgres', 'PG_VERSION'), '17\n');
    await expect(startPostgres({ dataDir })).rejects.toThrow(/made by PostgreSQL 17.*brings PostgreSQL 18/);
    await rm(join(dataDir, 'postgres'), { recursive: true });
    await mkdir(join(dataDir, 'postgres'));
    await expect(startPostgres({ dataDir })).rejects.toThrow(/not a PostgreSQL database/);
  });

  it('refuses a database whose secrets are gone instead of making new ones', async () => {
    const dataDir = await used();
    const secrets = join(dataDir, 'secrets.json');
    const text = await readFile(secrets, 'utf8');
    await rm(secrets);
    await expect(startPostgres({ dataDir })).rejects.toThrow(/secrets\.json is missing.*Restore/);
    await writeFile(secrets, text.slice(0, 40));
    await expect(startPostgres({ dataDir })).rejects.toThrow(/secrets\.json is damaged/);
  });
});
