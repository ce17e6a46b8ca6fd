const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const SIGNAL_NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };

/**
 * Waits for a child's end and passes our signals on to it meanwhile.
 * @param {import('node:child_process').ChildProcess} child
 * @param {{ echo?: boolean }} [options] echo: also show what it writes to pipes
 * @returns {Promise<{ code: number, output: string }>} code as a shell gives it: 128 + n after signal n
 */
export function runToEnd(child, { echo = false } = {}) {
  let output = '';
  for (const [stream, target] of [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ]) {
    stream?.on('data', (chunk) => {
      output += chunk;
      if (echo) target.write(chunk);
    });
  }
  const forwards = SIGNALS.map((signal) => [signal, () => child.kill(signal)]);
  for (const [signal, forward] of forwards) process.on(signal, forward);
  return new Promise((resolve) => {
    const finish = (code) => {
      for (const [signal, forward] of forwards) process.off(signal, forward);
      resolve({ code, output });
    };
    child.once('error', (error) => {
      output += error.message;
      finish(127);
    });
    child.once('close', (code, signal) => finish(code ?? 128 + (SIGNAL_NUMBERS[signal] ?? 0)));
  });
}
