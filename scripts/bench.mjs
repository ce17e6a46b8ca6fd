/** `npm run bench`: builds when the sources have changed, then measures. `npm run bench -- --help` says how. */
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { requireNode } from './lib/node-version.mjs';
import { watchParent } from './lib/parent-watch.mjs';

requireNode('npm run bench');
watchParent();
const root = fileURLToPath(new URL('..', import.meta.url));
// Only now: it uses what older versions lack.
const { ensureBuilt } = await import('./lib/build.mjs');
if (!(await ensureBuilt(root))) process.exit(1);
const { bench } = await import(pathToFileURL(join(root, 'test/bench/main.ts')).href);
process.exitCode = await bench(process.argv.slice(2));
