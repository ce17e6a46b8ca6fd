import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';

/** Loaded into a process before its program: a first SIGUSR2 begins a CPU profile, a second one writes it. */
const file = process.env['BENCH_PROFILE_FILE'] ?? '';
let session: Session | undefined;

process.on('SIGUSR2', () => void (session ? end(session) : begin()));

async function begin(): Promise<void> {
  session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: 500 });
  await session.post('Profiler.start');
}

async function end(running: Session): Promise<void> {
  session = undefined;
  const { profile } = await running.post('Profiler.stop');
  running.disconnect();
  writeFileSync(`${file}.part`, JSON.stringify(profile));
  writeFileSync(file, '');
}
