/** `npm start`: builds when the sources have changed, then runs the application in this process. */
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { requireNode } from './lib/node-version.mjs';
import { watchParent } from './lib/parent-watch.mjs';

requireNode('npm start');
watchParent();
const root = fileURLToPath(new URL('..', import.meta.url));
// Only now: it uses what older versions lack.
const { ensureBuilt } = await import('./lib/build.mjs');
if (!(await ensureBuilt(root))) process.exit(1);
process.env.SIGNALBOX_PROFILE ||= 'embedded';
// In this process, so that signals reach the application itself.
await import(pathToFileURL(join(root, 'dist', 'main.js')).href);
