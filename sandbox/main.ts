import { startSandbox } from './server.ts';

const PARENT_CHECK_MS = 1_000;

/** Whole number in range, or the default when the variable is not set. */
function readNumber(name: string, fallback: number | undefined, max: number): number | undefined {
  const text = process.env[name];
  if (!text) return fallback;
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value <= max) return value;
  fail(`${name} is a whole number from 0 to ${max}, not ${text}`);
}

function fail(reason: string): never {
  process.stderr.write(`sandbox: ${reason}\n`);
  process.exit(1);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

const port = readNumber('SANDBOX_PORT', 4010, 65_535);
const smtpPort = readNumber('SANDBOX_SMTP_PORT', port === 0 ? 0 : 4025, 65_535);
const parentPid = readNumber('SANDBOX_PARENT_PID', undefined, 2 ** 31 - 1);
const host = process.env['SANDBOX_HOST'] || '127.0.0.1';
const dataFile = process.env['SANDBOX_DATA_FILE'] || undefined;

const env = { ...process.env, SANDBOX_SMTP_PORT: String(smtpPort) };
const sandbox = await startSandbox({ port, host, dataFile, env }).catch((error: unknown) => {
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    const taken = 'port' in error ? Number(error.port) : port;
    const variable = taken === smtpPort ? 'SANDBOX_SMTP_PORT' : 'SANDBOX_PORT';
    fail(`port ${taken} on ${host} is in use; set ${variable} to another one`);
  }
  return fail(error instanceof Error ? error.message : String(error));
});

let closing = false;
function stop(): void {
  if (closing) return;
  closing = true;
  sandbox.close().then(
    () => process.exit(0),
    (error: unknown) => fail(`could not close cleanly: ${String(error)}`),
  );
}

process.on('SIGTERM', stop);
process.on('SIGINT', stop);
if (parentPid !== undefined) {
  setInterval(() => {
    if (!isAlive(parentPid)) stop();
  }, PARENT_CHECK_MS).unref();
}

process.stdout.write(`sandbox listening on ${sandbox.url}\n`);
