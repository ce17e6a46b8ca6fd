import { spawn } from 'node:child_process';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect, it, onTestFinished } from 'vitest';

import { ended, fixture, newFolder } from './support.js';

const SCRIPTS = fileURLToPath(new URL('../../scripts', import.meta.url));

/** The project's scripts in a folder of their own (with a blank in its name), with a compiler that only copies. */
async function project(main = 'console.log(`profile ${process.env.SIGNALBOX_PROFILE}`);'): Promise<string> {
  const root = await newFolder();
  await cp(SCRIPTS, join(root, 'scripts'), { recursive: true });
  await put(root, 'package.json', '{ "type": "module" }');
  await put(root, 'package-lock.json', lock('1.0.0'));
  await put(root, 'tsconfig.json', '{}');
  await put(root, 'nest-cli.json', '{}');
  await put(root, 'src/main.ts', main);
  await put(root, 'node_modules/@nestjs/cli/bin/nest.js', await readFile(fixture('nest.mjs'), 'utf8'));
  await put(root, 'node_modules/@nestjs/cli/package.json', '{ "type": "module" }');
  await put(
    root,
    'node_modules/vitest/vitest.mjs',
    'console.log(process.argv.slice(2)); process.exitCode = 7;',
  );
  return root;
}

async function put(root: string, path: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}

function lock(version: string): string {
  const absent = { version: '1.0.0', optional: true, os: ['plan9'] };
  return JSON.stringify({
    packages: { '': {}, 'node_modules/one': { version }, 'node_modules/two': absent },
  });
}

function start(root: string, script: string, args: string[] = [], env: NodeJS.ProcessEnv = {}) {
  const ours = { npm_execpath: fixture('npm-cli.js'), npm_node_execpath: process.execPath };
  const inherited = {
    ...process.env,
    SIGNALBOX_PROFILE: '',
    npm_lifecycle_event: '',
    npm_config_user_agent: '',
  };
  const child = spawn(process.execPath, [join(root, 'scripts', script), ...args], {
    cwd: root,
    env: { ...inherited, ...ours, ...env },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  const done = new Promise<{ code: number | null; output: string }>((resolve) => {
    child.once('close', (code) => resolve({ code, output }));
  });
  return { child, done };
}

const run = (...args: Parameters<typeof start>) => start(...args).done;
const countLines = async (root: string, name: string) =>
  (await readFile(join(root, name), 'utf8').catch(() => '')).split('\n').length - 1;

describe('scripts/install.mjs', () => {
  it('installs once, and again when the lock file has changed', async () => {
    const root = await project();
    expect((await run(root, 'install.mjs')).code).toBe(0);
    expect((await run(root, 'install.mjs')).output).toBe('');
    expect(await readFile(join(root, 'calls.txt'), 'utf8')).toMatch(/^ci --include=dev .*\n$/);
    await put(root, 'package-lock.json', `${lock('1.0.0')}\n`);
    await run(root, 'install.mjs');
    expect(await countLines(root, 'calls.txt')).toBe(2);
  });

  it('accepts what was installed by hand, if it is what the lock file says', async () => {
    const root = await project();
    const installed = JSON.stringify({ packages: { 'node_modules/one': { version: '1.0.0' } } });
    await put(root, 'node_modules/.package-lock.json', installed);
    await put(root, 'node_modules/one/index.js', '');
    expect((await run(root, 'install.mjs')).code).toBe(0);
    expect(await countLines(root, 'calls.txt')).toBe(0);
    await rm(join(root, 'node_modules/.signalbox-install'));
    await put(root, 'package-lock.json', lock('1.0.1'));
    await run(root, 'install.mjs');
    expect(await countLines(root, 'calls.txt')).toBe(1);
  });

  it('lets the second of two at once wait for the first', async () => {
    const root = await project();
    const both = await Promise.all([run(root, 'install.mjs'), run(root, 'install.mjs')]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(await countLines(root, 'calls.txt')).toBe(1);
    expect(both.map(({ output }) => output).join('')).toContain('waiting for another process');
  });

  it('takes over the lock of an installation that was killed', async () => {
    const root = await project();
    // The npm that it leaves behind fails by itself.
    const killed = start(root, 'install.mjs', [], { FAKE_NPM_ERROR: 'orphan' });
    while ((await countLines(root, 'calls.txt')) === 0) await new Promise((resume) => setTimeout(resume, 10));
    killed.child.kill('SIGKILL');
    await ended(killed.child.pid ?? 0);
    expect((await run(root, 'install.mjs')).code).toBe(0);
    expect(await countLines(root, 'calls.txt')).toBe(2);
  });

  it('explains what to do when it is offline or npm is too old', async () => {
    const root = await project();
    const offline = await run(root, 'install.mjs', [], { FAKE_NPM_ERROR: 'npm error code ENOTFOUND' });
    expect(offline.code).toBe(1);
    expect(offline.output).toMatch(
      /npm error code ENOTFOUND[\s\S]*could not reach its registry\. Check the network/,
    );
    const old = await run(root, 'install.mjs', [], {
      npm_config_user_agent: 'npm/8.19.4 node/v20.19.0 linux x64',
    });
    expect(old).toMatchObject({ code: 1, output: expect.stringContaining('npm 8.19.4 is too old') });
    expect(await countLines(root, 'calls.txt')).toBe(1);
  });
});

describe('scripts/start.mjs', () => {
  it('builds when the sources have changed, and starts the embedded profile', async () => {
    const root = await project();
    expect(await run(root, 'start.mjs')).toEqual({ code: 0, output: 'building…\nprofile embedded\n' });
    expect((await run(root, 'start.mjs')).output).toBe('profile embedded\n');
    await put(root, 'src/other.spec.ts', 'tests are not built');
    await put(root, 'src/main.ts', 'console.log("changed");');
    await put(root, 'dist/removed.js', 'its source is gone');
    expect((await run(root, 'start.mjs')).output).toBe('building…\nchanged\n');
    await expect(readFile(join(root, 'dist/removed.js'))).rejects.toThrow(/ENOENT/);
    expect((await run(root, 'start.mjs', [], { SIGNALBOX_PROFILE: 'production' })).output).toBe('changed\n');
    expect(await countLines(root, 'builds.txt')).toBe(2);
  });

  it('shows the compiler’s messages and starts nothing when the build fails', async () => {
    const root = await project('wrong');
    const failed = await run(root, 'start.mjs');
    expect(failed.code).toBe(1);
    expect(failed.output).toMatch(/error TS1: it is wrong[\s\S]*The build failed/);
    expect((await run(root, 'start.mjs')).output).toContain('The build failed');
  });

  it('stops when the npm that started it is gone, even if it was killed', async () => {
    const main = `console.log(process.pid); const keep = setInterval(() => {}, 1000);
      process.once('SIGTERM', () => { clearInterval(keep); });`;
    const root = await project(main);
    await put(
      root,
      'npm.mjs',
      'import("node:child_process").then((m) => m.spawn(process.execPath, ["scripts/start.mjs"], { stdio: "inherit" }));',
    );
    const { child } = start(root, '../npm.mjs', [], { npm_lifecycle_event: 'start' });
    const pid = await new Promise<number>((resolve) => {
      child.stdout.on('data', (chunk) => {
        const found = /^(\d+)$/m.exec(String(chunk));
        if (found) resolve(Number(found[1]));
      });
    });
    child.kill('SIGKILL');
    await ended(pid);
  });
});

describe('scripts/test.mjs', () => {
  it('builds, passes arguments on and ends with the tests’ exit code', async () => {
    const { code, output } = await run(await project(), 'test.mjs', ['test/config', '--bail=1']);
    expect(code).toBe(7);
    expect(output).toBe("building…\n[ 'run', 'test/config', '--bail=1' ]\n");
  });
});
