import { appendFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import type { MemorySample } from './samples.ts';

/** Loaded into a process before its program: at SIGUSR2 it collects all garbage and appends what is left to a file. */
const file = process.env['BENCH_MEMORY_FILE'] ?? '';
const session = new Session();
session.connect();

process.on('SIGUSR2', () => void sample());

async function sample(): Promise<void> {
  await session.post('HeapProfiler.collectGarbage');
  const { rss, heapUsed } = process.memoryUsage();
  const line: MemorySample = { resident: rss, heap: heapUsed };
  appendFileSync(file, `${JSON.stringify(line)}\n`);
}
