/**
 * Places at which a test may kill the process (SIGKILL, as a power cut would) or switch a guard off. Nothing is armed
 * unless `arm` was called at boot, which the configuration refuses in production.
 */
export type CrashPoint =
  | 'accept-before-commit'
  | 'accept-after-commit'
  | 'leased'
  | 'effect-before-call'
  | 'effect-after-call'
  | 'outcome-before-commit';

export type Guard = 'fence' | 'ledger' | 'dedupe';

const armed: { point?: string; after: number; broken: ReadonlySet<string> } = { after: 0, broken: new Set() };

/** @param point a crash point, with `:N` behind it to die when it is passed for the Nth time */
export function arm(point: string | undefined, broken: readonly string[] = []): void {
  const [name, count] = (point ?? '').split(':');
  armed.point = name || undefined;
  armed.after = Number(count ?? 1);
  armed.broken = new Set(broken);
}

export function crashPoint(name: CrashPoint): void {
  if (armed.point !== name) return;
  armed.after -= 1;
  if (armed.after <= 0) process.kill(process.pid, 'SIGKILL');
}

/** Whether a test switched this guard off, to prove that its absence is noticed. */
export function isBroken(guard: Guard): boolean {
  return armed.broken.has(guard);
}
