import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { until } from '../support/until.ts';
import { freePorts } from './ports.ts';

const script = fileURLToPath(new URL('../../scripts/start.mjs', import.meta.url));

it(
  'a Ctrl-C that comes twice, as npm makes it, ends the product in order',
  { timeout: 120_000 },
  async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'start-'));
    onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
    const [postgresPort = 0, sandboxPort = 0] = await freePorts(2);
    const child = spawn(process.execPath, [script], {
      env: {
        ...process.env,
        PORT: '0',
        SIGNALBOX_PROFILE: 'embedded',
        SIGNALBOX_DATA_DIR: dataDir,
        SIGNALBOX_POSTGRES_PORT: String(postgresPort),
        SIGNALBOX_SANDBOX_PORT: String(sandboxPort),
      },
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => (output += String(chunk)));
    await until('Signalbox to be ready', () => output.includes('is ready') || undefined, 90_000);
    child.kill('SIGINT');
    child.kill('SIGINT');
    expect(await once(child, 'exit'), output).toEqual([0, null]);
    await expect(fetch(`http://127.0.0.1:${sandboxPort}/_sandbox`), 'the sandbox').rejects.toThrow();
    await expect(fetch(`http://127.0.0.1:${postgresPort}`), 'PostgreSQL').rejects.toMatchObject({
      cause: { code: 'ECONNREFUSED' },
    });
  },
);
