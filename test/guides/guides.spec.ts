import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Copy } from './follow.js';

let copy: Copy;
beforeAll(() => (copy = new Copy()));
afterAll(() => copy.remove());

const run = (tool: string, ...args: string[]): string =>
  execFileSync(process.execPath, [join(copy.path, 'node_modules', tool), ...args], {
    cwd: copy.path,
    encoding: 'utf8',
    env: { ...process.env, VITEST: undefined, VITEST_WORKER_ID: undefined, VITEST_POOL_ID: undefined },
  });

it(
  'docs/guides/add-a-flow.md takes two files and one line, and what it says works',
  { timeout: 120_000 },
  () => {
    const files = copy.follow('add-a-flow.md');
    expect(files).toEqual([
      'src/flows/alert-to-chat.flow.ts',
      'src/flows/index.ts',
      'test/flows/alert-to-chat.spec.ts',
    ]);
    run('typescript/bin/tsc', '--noEmit', '-p', 'tsconfig.check.json');
    expect(run('vitest/vitest.mjs', 'run', 'test/flows/alert-to-chat.spec.ts')).toContain('1 passed');
  },
);
