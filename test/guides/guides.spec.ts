import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Copy } from './follow.js';

let copy: Copy;
beforeAll(() => (copy = new Copy()));
afterAll(() => copy.remove());

/** @returns what it printed; rejects with that, too */
async function run(tool: string, ...args: string[]): Promise<string> {
  const program = join(copy.path, 'node_modules', tool);
  const outside = { VITEST: undefined, VITEST_WORKER_ID: undefined, VITEST_POOL_ID: undefined };
  const env = { ...process.env, ...outside, FORCE_COLOR: undefined, NO_COLOR: '1' };
  const child = spawn(process.execPath, [program, ...args], { cwd: copy.path, env });
  const [printed, failed, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  if (code !== 0) throw new Error(`${tool} ended with ${code}\n${printed}${failed}`);
  return printed;
}

it('docs/guides/add-a-flow.md takes two files and one line', () => {
  expect(copy.follow('add-a-flow.md')).toEqual({
    made: ['src/flows/alert-to-chat.flow.ts', 'test/flows/alert-to-chat.spec.ts'],
    changed: { 'src/flows/index.ts': 2 },
  });
});

it('docs/guides/add-a-connector.md takes the files of the connector, and few lines of others', () => {
  expect(copy.follow('add-a-connector.md')).toEqual({
    made: [
      'src/modules/outbound/contracts/incident.ts',
      'src/modules/outbound/incident.errors.ts',
      'src/modules/outbound/connectors/incidents.ts',
      'src/modules/outbound/connectors/status-page-errors.ts',
      'src/modules/outbound/connectors/status-page.ts',
      'src/modules/outbound/use-cases/open-incident.ts',
      'src/modules/outbound/incident.parts.ts',
      'sandbox/providers/status-page/status-page.ts',
      'src/modules/outbound/connectors/conformance-incidents.ts',
      'src/modules/outbound/connectors/status-page.spec.ts',
      'test/outbound/incident-flow.ts',
      'test/outbound/open-incident.spec.ts',
    ],
    changed: {
      'src/modules/outbound/contracts.ts': 1,
      'src/shared/config/variables-providers.ts': 15,
      'src/shared/config/secrets.ts': 2,
      'src/shared/config/api-providers.ts': 7,
      'src/modules/outbound/outbound.module.ts': 9,
      'sandbox/providers/index.ts': 2,
    },
  });
});

it('what the guides say compiles, and their tests pass', { timeout: 240_000 }, async () => {
  await run('typescript/bin/tsc', '--noEmit', '-p', 'tsconfig.check.json');
  const specs = ['flows/alert-to-chat', 'outbound/connectors/status-page', 'outbound/open-incident'];
  const printed = await run('vitest/vitest.mjs', 'run', ...specs);
  expect(printed).toMatch(/Test Files +3 passed[^]*Tests +17 passed/);
});
