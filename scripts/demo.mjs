/**
 * `npm run demo`: starts the product with a throw-away data directory, drives it with form submissions while its
 * provider fails, and proves that every outcome is there exactly once. Exits with 0 only then.
 * Options: --seed N repeats a demo, --count N sends another number of submissions (default 200), --plant does some
 * outcomes twice by hand, so that the proof must fail.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { requireNode } from './lib/node-version.mjs';

requireNode('npm run demo');
const { seed, count, plant } = readOptions();
const root = fileURLToPath(new URL('..', import.meta.url));
// Only now: they use what older versions lack.
const { ensureBuilt } = await import('./lib/build.mjs');
if (!(await ensureBuilt(root))) process.exit(1);
const { runDemo } = await import('../test/system/demo.ts');
const { chooseSeed } = await import('../test/system/random.ts');

let stop;
let interruptedBy;
let interruptedAt = 0;
// A Ctrl-C comes twice where npm passes on what the terminal has sent to us already.
const oneKeyPressMs = 1_000;
const signals = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };
for (const signal of Object.keys(signals)) process.on(signal, () => void interrupt(signal));

try {
  const isProven = await runDemo({
    seed: seed ?? chooseSeed(),
    count,
    plant,
    env: process.env,
    print: (text) => interruptedBy ?? console.log(text),
    onStart: (stopAll) => {
      stop = stopAll;
    },
  });
  if (!interruptedBy) process.exitCode = isProven ? 0 : 1;
} catch (error) {
  // Whoever interrupts it takes the ground from under it.
  if (!interruptedBy) {
    console.error(`\ndemo: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  }
}

/** Ends what was started and removes its data; a second signal does not wait for that. */
async function interrupt(signal) {
  if (interruptedBy && performance.now() - interruptedAt > oneKeyPressMs) process.exit(signals[signal]);
  if (interruptedBy) return;
  interruptedBy = signal;
  interruptedAt = performance.now();
  console.log('\nending what the demo started…');
  await stop?.();
  process.exit(signals[signal]);
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: { seed: { type: 'string' }, count: { type: 'string' }, plant: { type: 'boolean' } },
    });
    // More contacts than 1,000 the sandbox does not list, and what is not listed cannot be proven.
    return {
      seed: wholeNumber('seed', values.seed, 1, 1_000_000),
      count: wholeNumber('count', values.count, 10, 1_000) ?? 200,
      plant: values.plant ?? false,
    };
  } catch (error) {
    console.error(`demo: ${error.message}`);
    process.exit(2);
  }
}

function wholeNumber(name, text, least, most) {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new Error(`--${name} is a whole number from ${least} to ${most}, not ${text}`);
}
