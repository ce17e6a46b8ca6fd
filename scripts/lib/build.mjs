import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { withFileLock } from './file-lock.mjs';
import { runToEnd } from './run.mjs';

const SETTINGS = ['tsconfig.json', 'nest-cli.json', 'package-lock.json'];

/**
 * Compiles `src` to `dist` when the sources differ from what was compiled last.
 * The compiler's messages are shown when it fails.
 * @param {string} root the project's folder
 * @returns {Promise<boolean>} whether dist is up to date
 */
export async function ensureBuilt(root) {
  if (isBuilt(root, fingerprint(root))) return true;
  return withFileLock(root, 'build', async () => {
    // Taken before compiling: what is edited meanwhile is compiled by the next start.
    const wanted = fingerprint(root);
    if (isBuilt(root, wanted)) return true;
    console.log('building…');
    return build(root, wanted);
  });
}

async function build(root, wanted) {
  const stamp = stampPath(root);
  rmSync(stamp, { force: true });
  // The compiler's memory of what it wrote is wrong once someone has removed a part of it.
  if (!existsSync(join(root, 'dist', 'main.js'))) rmSync(join(root, 'dist', '.tsbuildinfo'), { force: true });
  const child = spawn(
    process.execPath,
    [join(root, 'node_modules', '@nestjs', 'cli', 'bin', 'nest.js'), 'build'],
    {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const { code, output } = await runToEnd(child);
  if (code !== 0) {
    console.error(`${output.trim()}\n\nThe build failed (exit code ${code}): see the messages above.`);
    return false;
  }
  removeOrphans(root);
  mkdirSync(join(root, 'dist'), { recursive: true });
  writeFileSync(stamp, wanted);
  return true;
}

function isBuilt(root, wanted) {
  const stamp = stampPath(root);
  return (
    existsSync(join(root, 'dist', 'main.js')) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted
  );
}

function stampPath(root) {
  return join(root, 'dist', '.signalbox-build');
}

/** By content: a checkout changes times without changing sources, and the other way round. */
function fingerprint(root) {
  const hash = createHash('sha256').update(process.version);
  const sources = globSync('src/**/*.ts', { cwd: root }).filter((path) => !path.endsWith('.spec.ts'));
  for (const path of [...SETTINGS, ...sources.sort()]) {
    hash.update(`\0${path}\0`).update(readFileSync(join(root, path)));
  }
  return hash.digest('hex');
}

/** A source that was removed or renamed leaves its output behind, and a glob would still load it. */
function removeOrphans(root) {
  for (const path of globSync('**/*.{js,js.map,d.ts}', { cwd: join(root, 'dist') })) {
    const source = join(root, 'src', path.replace(/\.(js|js\.map|d\.ts)$/, '.ts'));
    if (!existsSync(source)) rmSync(join(root, 'dist', path));
  }
}
