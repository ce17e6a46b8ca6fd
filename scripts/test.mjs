/** `npm test`: builds when the sources have changed (some tests run the built process), then runs the tests. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { requireNode } from './lib/node-version.mjs';
import { runToEnd } from './lib/run.mjs';

requireNode('npm test');
const root = fileURLToPath(new URL('..', import.meta.url));
// Only now: it uses what older versions lack.
const { ensureBuilt } = await import('./lib/build.mjs');
if (!(await ensureBuilt(root))) process.exit(1);
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
const child = spawn(process.execPath, [vitest, 'run', ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});
const { code } = await runToEnd(child);
process.exitCode = code;
