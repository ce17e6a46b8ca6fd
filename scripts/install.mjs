/**
 * Installs the dependencies when they differ from the lock file, so that `npm start` is the only command needed.
 * Runs before anything is installed: on Node 20 and newer, with no package.
 */
import { fileURLToPath } from 'node:url';

import { installMissing } from './lib/dependencies.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
process.exitCode = await installMissing(root);
