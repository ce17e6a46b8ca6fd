import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { API_PROVIDERS } from '../config/api-providers.js';
import { writePrivateFile } from './data-dir.js';
import { EmbeddedError } from './embedded-error.js';
import { pickFreePort, requirePort } from './ports.js';
import { serverEnvironment } from './postgres-binaries.js';
import { lastLines } from './postgres-cluster.js';
import { endProcess, isAlive, isSameProcess, processIdentity, waitUntil } from './processes.js';

/** A running process of the providers' simulators. */
export interface EmbeddedSandbox {
  /** `http://127.0.0.1:<port>`; every simulator has a path of its own below. */
  readonly url: string;
  /** `smtp://127.0.0.1:<port>`: its mail server. */
  readonly smtpUrl: string;
  readonly port: number;
  readonly pid: number;
  /** Whether the process of an earlier, killed launcher was taken over. */
  readonly adopted: boolean;
  /** Ends the process and waits for it; a second call does nothing. */
  stop(): Promise<void>;
}

/** How to start the sandbox. */
export interface SandboxOptions {
  /** Must exist; its lock is the caller's. Holds the simulators' data, their log, and who runs. */
  readonly dataDir: string;
  /** What the simulators accept as a provider's credential. */
  readonly token: string;
  /** TCP port of 127.0.0.1; a free one is picked when absent. */
  readonly port?: number;
  /** The same for its SMTP server. */
  readonly smtpPort?: number;
  readonly log?: (line: string) => void;
  /** The program; default is the project's sandbox. */
  readonly script?: string;
}

interface Recorded {
  readonly pid: number;
  readonly identity: string;
  readonly port: number;
  readonly smtpPort: number;
}

/** What signs requests to the sandbox's endpoint: made of its token, so that it is the same at every start. */
export function sandboxEndpointSecret(token: string): string {
  return `whsec_${createHash('sha256').update(`endpoint ${token}`).digest('base64')}`;
}

/** The app of Xero and the client of Zendesk that the sandbox knows. */
export const sandboxClientId = 'signalbox';

/** The phone number and the account of WhatsApp that the sandbox knows. */
export const sandboxPhoneNumberId = '106540352242922';
export const sandboxAccountId = '102290129340398';

const apiCredentials = Object.values(API_PROVIDERS).map(({ sandbox }) => sandbox.credential);
const SCRIPT = fileURLToPath(new URL('../../../sandbox/main.ts', import.meta.url));

/**
 * Starts the sandbox in a process group of its own and waits until it listens.
 * @throws EmbeddedError when it doesn't within 30 s, or a configured port is taken
 */
export async function startSandbox(options: SandboxOptions): Promise<EmbeddedSandbox> {
  const { dataDir, log = () => undefined } = options;
  const survivor = await adopt(options);
  const running = survivor ?? (await launch(options, log));
  const url = `http://127.0.0.1:${running.port}`;
  const smtpUrl = `smtp://127.0.0.1:${running.smtpPort}`;
  log(`sandbox ${survivor ? 'was still running' : 'started'} (process ${running.pid}, ${url})`);
  let stopping: Promise<void> | undefined;
  const stop = () => (stopping ??= stopSandbox(dataDir, running));
  return { url, smtpUrl, port: running.port, pid: running.pid, adopted: survivor !== undefined, stop };
}

async function adopt({ dataDir, port, smtpPort }: SandboxOptions): Promise<Recorded | undefined> {
  const recorded = await readRecord(dataDir);
  if (!recorded || !isSameProcess(recorded.pid, recorded.identity)) return undefined;
  const isWanted = (port ?? recorded.port) === recorded.port;
  const isSmtpWanted = recorded.smtpPort > 0 && (smtpPort ?? recorded.smtpPort) === recorded.smtpPort;
  if (isWanted && isSmtpWanted && (await answers(recorded.port))) return recorded;
  await stopSandbox(dataDir, recorded);
  return undefined;
}

async function launch(options: SandboxOptions, log: (line: string) => void): Promise<Recorded> {
  const { dataDir } = options;
  const port = await portOf(options.port, 'SIGNALBOX_SANDBOX_PORT');
  const smtpPort = await portOf(options.smtpPort, 'SIGNALBOX_SANDBOX_SMTP_PORT');
  const logFile = join(dataDir, 'sandbox.log');
  const child = spawnSandbox(options, { port, smtpPort }, logFile);
  let failure = '';
  child.once('error', (error) => (failure = error.message));
  const pid = child.pid ?? 0;
  const running = { pid, identity: processIdentity(pid), port, smtpPort };
  // Before it listens: were we killed now, the next start must find it.
  await writePrivateFile(join(dataDir, 'sandbox.json'), JSON.stringify(running));
  const line = `sandbox listening on http://127.0.0.1:${port}`;
  const isListening = () => readFileSync(logFile, 'utf8').includes(line);
  await waitUntil(() => failure !== '' || !isAlive(pid) || isListening(), 30_000, 25);
  if (isListening() && isAlive(pid)) {
    child.once('exit', (code, signal) => {
      if (code !== 0 && signal !== 'SIGTERM')
        log(`sandbox (process ${pid}) ended with ${signal ?? code}: see ${logFile}`);
    });
    return running;
  }
  const output = failure || readFileSync(logFile, 'utf8');
  await stopSandbox(dataDir, running);
  throw new EmbeddedError(
    `The sandbox didn't start (${lastLines(output)}). See ${logFile}; ` +
      'with the credentials of test accounts set for every provider, it isn’t needed.',
  );
}

function portOf(wanted: number | undefined, variable: string): Promise<number> {
  return wanted ? requirePort(wanted, variable) : pickFreePort();
}

function spawnSandbox(
  options: SandboxOptions,
  { port, smtpPort }: { port: number; smtpPort: number },
  logFile: string,
): ChildProcess {
  const output = openSync(logFile, 'w', 0o600);
  try {
    const child = spawn(process.execPath, [options.script ?? SCRIPT], {
      detached: true,
      windowsHide: true,
      stdio: ['ignore', output, output],
      env: {
        ...serverEnvironment(),
        SANDBOX_HOST: '127.0.0.1',
        SANDBOX_PORT: String(port),
        SANDBOX_SMTP_PORT: String(smtpPort),
        SANDBOX_DATA_FILE: join(options.dataDir, 'sandbox.jsonl'),
        SANDBOX_HUBSPOT_TOKEN: options.token,
        SANDBOX_XERO_CLIENT_ID: sandboxClientId,
        SANDBOX_XERO_CLIENT_SECRET: options.token,
        SANDBOX_WHATSAPP_TOKEN: options.token,
        SANDBOX_ZENDESK_CLIENT_ID: sandboxClientId,
        SANDBOX_ZENDESK_CLIENT_SECRET: options.token,
        ...Object.fromEntries(apiCredentials.map((variable) => [variable, options.token])),
        SANDBOX_ENDPOINT_SECRET: sandboxEndpointSecret(options.token),
        SANDBOX_POSTMARK_TOKEN: options.token,
      },
    });
    child.unref();
    return child;
  } finally {
    closeSync(output);
  }
}

async function stopSandbox(dataDir: string, { pid, identity }: Recorded): Promise<void> {
  const ended =
    !isSameProcess(pid, identity) ||
    (await endProcess(pid, [
      ['SIGTERM', 5_000],
      ['SIGKILL', 5_000],
    ]));
  if (!ended) throw new EmbeddedError(`The sandbox (process ${pid}) doesn't stop. End that process.`);
  await rm(join(dataDir, 'sandbox.json'), { force: true });
}

async function readRecord(dataDir: string): Promise<Recorded | undefined> {
  try {
    const record = JSON.parse(await readFile(join(dataDir, 'sandbox.json'), 'utf8')) as Partial<Recorded>;
    const { pid, port, smtpPort, identity } = record;
    if (!pid || !port || identity === undefined) return undefined;
    // One of an earlier release has no mail server: it is ended.
    return { pid, port, smtpPort: smtpPort ?? 0, identity };
  } catch {
    return undefined;
  }
}

/** Whether something accepts connections there; a survivor may still be starting, so it gets 5 s. */
async function answers(port: number): Promise<boolean> {
  for (const end = performance.now() + 5_000; performance.now() < end;) {
    if (await accepts(port)) return true;
    await new Promise((resume) => setTimeout(resume, 50));
  }
  return false;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const finish = (result: boolean) => {
      socket.destroy();
      done(result);
    };
    socket.once('connect', () => finish(true)).once('error', () => finish(false));
    socket.setTimeout(1_000, () => finish(false));
  });
}
