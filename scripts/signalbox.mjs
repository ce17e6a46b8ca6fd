/** `npm run signalbox -- …`: the operator's command line, built when the sources have changed. */
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { requireNode } from './lib/node-version.mjs';

requireNode('npm run signalbox');
const root = fileURLToPath(new URL('..', import.meta.url));
// Only now: it uses what older versions lack.
const { ensureBuilt } = await import('./lib/build.mjs');
if (!(await ensureBuilt(root))) process.exit(1);
await import(pathToFileURL(join(root, 'dist', 'cli', 'main.js')).href);
