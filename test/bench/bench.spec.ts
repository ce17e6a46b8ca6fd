import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { BenchDocument } from './main.js';
import { growthOf } from './memory/samples.js';
import { sharesOf } from './profile/cpu-profile.js';
import { readOptions, UsageError } from './options.js';
import { latencyOf, ratio } from './statistics.js';

const script = fileURLToPath(new URL('../../scripts/bench.mjs', import.meta.url));

async function bench(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const options = { env: { ...process.env, npm_lifecycle_event: '' }, maxBuffer: 10_000_000 };
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [script, ...args], options);
    return { code: 0, stdout, stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, stdout, stderr };
  }
}

const number = expect.any(Number) as number;
const latency = { p50: number, p99: number, max: number };

describe('npm run bench', () => {
  it('measures a few runs, loses none, and prints one JSON document', { timeout: 180_000 }, async () => {
    const { code, stdout, stderr } = await bench('--only', 'runs', '--short', '--count', '50', '--json');
    expect(code, stderr).toBe(0);
    const result = JSON.parse(stdout) as BenchDocument;
    expect(result).toEqual({
      date: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string,
      machine: expect.objectContaining({ cores: number, node: process.version }) as object,
      ...{ short: true, seed: 1, breaches: [] },
      runs: {
        ...{ submissions: 50, connections: 48, perSecond: number, seconds: number, busyMs: latency },
        steady: { ...latency, perSecond: 50, events: 50 },
        ...{ cpuMsPerRun: number, postgresCpuMsPerRun: number },
        ...{ commitsPerRun: number, writeTransactionsPerRun: number, unfinished: 0 },
      },
      goals: expect.any(Array) as unknown[],
    });
    expect(result.goals.map(({ met }) => typeof met)).toEqual(['boolean', 'boolean', 'boolean']);
    expect(result.runs?.perSecond).toBeGreaterThan(0);
  });

  it('kills the process amid traffic and finds each accepted event once', { timeout: 180_000 }, async () => {
    const { code, stdout, stderr } = await bench('--only', 'soak', '--short', '--json', '--seed', '7');
    expect(code, stderr).toBe(0);
    const { soak, breaches, goals } = JSON.parse(stdout) as BenchDocument;
    const growth = { before: number, after: number, growthPercent: number };
    expect(soak).toEqual({
      ...{ connections: 64, seconds: number, accepted: number, perSecond: number, samples: number },
      ...{ resident: growth, heap: growth },
      killed: { kills: 1, accepted: number, sentAgain: number, knownAgain: number, downMs: number },
      ...{ lost: 0, duplicates: 0 },
    });
    expect({ breaches, goals }).toEqual({ breaches: [], goals: [] });
    expect(soak?.killed.sentAgain).toBeGreaterThan(0);
  });

  it('says what it takes', async () => {
    const { code, stdout, stderr } = await bench('--only', 'everything');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('--only takes gateway, soak, hops, runs, start, not everything');
  });
});

it('refuses options that do not fit', () => {
  for (const args of [['--count', '0'], ['--count', 'many'], ['--seed', '-1'], ['--fast'], ['gateway']]) {
    expect(() => readOptions(args), args.join(' ')).toThrow(UsageError);
  }
  expect(readOptions(['--only', 'start, gateway'])).toMatchObject({ only: ['gateway', 'start'], seed: 1 });
});

it('takes percentiles by nearest rank', () => {
  const hundred = Array.from({ length: 100 }, (_, i) => 100 - i);
  expect(latencyOf(hundred)).toEqual({ p50: 50, p99: 99, max: 100 });
  expect(latencyOf([7])).toEqual({ p50: 7, p99: 7, max: 7 });
  expect(latencyOf([])).toEqual({ p50: 0, p99: 0, max: 0 });
  expect([ratio(7, 10), ratio(7, 0)]).toEqual([0.7, 0]);
});

it('compares the second quarter of the samples with the last', () => {
  const flat = [90e6, 95e6, 100e6, 102e6, 300e6, 90e6, 101e6, 101e6];
  expect(growthOf(flat)).toEqual({ before: 101, after: 101, growthPercent: 0 });
  const leak = [1, 2, 3, 4, 5, 6, 7, 8].map((step) => step * 100e6);
  expect(growthOf(leak)).toEqual({ before: 350, after: 750, growthPercent: 114.3 });
  expect(() => growthOf([1, 2, 3])).toThrow('too few');
});

it('shares a profile out: idle time aside, callees with their callers, recursion once', () => {
  const frame = (id: number, functionName: string, url: string, children: number[] = []) => ({
    ...{ id, children },
    callFrame: { functionName, url, lineNumber: 0 },
  });
  const shares = sharesOf({
    nodes: [
      frame(1, '(root)', '', [2, 3]),
      frame(2, '(idle)', ''),
      frame(3, 'walk', 'file:///x/dist/walk.js', [4, 5]),
      frame(4, 'walk', 'file:///x/dist/walk.js'),
      frame(5, 'query', 'file:///x/node_modules/pg/lib/client.js'),
    ],
    samples: [2, 3, 4, 5],
    timeDeltas: [600, 100, 100, 200],
  });
  expect(shares.busyPercent).toBe(40);
  expect(shares.packages).toEqual([
    { name: 'dist/walk.js', percent: 50 },
    { name: 'pg', percent: 50 },
  ]);
  expect(shares.inclusive).toEqual([{ name: 'walk dist/walk.js:1', percent: 100 }]);
});
