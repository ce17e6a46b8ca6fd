import type { AuditEntry } from '../audit/audit-entry.js';
import type { OpenEffect } from '../effects/open-effect.js';
import type { Verdict } from '../messaging/failure.js';
import type { Lease } from '../messaging/lease.js';
import type { Next } from './define-flow.js';

/** How an audit entry calls a failure: what a principal may not do is refused. */
export function outcomeOf(verdict: Verdict): AuditEntry['outcome'] {
  return verdict.error.kind === 'forbidden' ? 'refused' : 'failed';
}

/** The entry of a step's attempt. */
export function stepEntry(
  { row }: Lease,
  action: string,
  outcome: AuditEntry['outcome'],
  details: Record<string, unknown>,
): AuditEntry {
  return {
    actor: `flow:${row.flow}`,
    action,
    outcome,
    subject: `run:${row.run_id ?? ''}`,
    runId: row.run_id ?? undefined,
    details: { step: row.step, visit: row.visit, attempt: row.attempts, command: row.type, ...details },
  };
}

/** The entry of what became of the step's effect; none where it has none. */
export function effectEntry({ row }: Lease, effect: OpenEffect): AuditEntry[] {
  if (!effect.id || !effect.state) return [];
  return [
    {
      actor: `flow:${row.flow}`,
      action: `effects.${effect.state}`,
      outcome: 'ok',
      subject: `effect:${effect.id}`,
      runId: row.run_id ?? undefined,
      details: { connector: row.lane, summary: effect.summary },
    },
  ];
}

/** A decision without the values it sets: those may be personal. */
export function stripped(next: Next<object>): Record<string, unknown> {
  return 'end' in next ? { end: next.end } : { go: next.go };
}
