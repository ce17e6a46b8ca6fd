import canonicalize from 'canonicalize';
import { newId } from '../kernel/ids.js';
import { safeDetails, safeText } from './safe-details.js';

export type AuditOutcome = 'ok' | 'refused' | 'failed';

/**
 * One thing that was done, or refused. Nothing in it may be personal data in clear: entries are kept for ever and are
 * not erased with a data subject. Refer to people and records by id, or by keyed hash.
 */
export interface AuditEntry {
  /** `key:<id>`, `flow:<name>`, `channel:<name>`, `system` */
  readonly actor: string;
  /** `context.what-happened`: `access.key-created` */
  readonly action: string;
  readonly outcome: AuditOutcome;
  /** What it was done to: `run:<id>`, `api-key:<id>` */
  readonly subject?: string;
  readonly runId?: string;
  readonly traceId?: string;
  /** At most 8 KiB as JSON; see `safeDetails` for what is withheld. */
  readonly details?: Record<string, unknown>;
}

/** A row of `audit.entries`, ready to ride in a JSON parameter. `body` is the canonical JSON (RFC 8785) of all. */
export interface AuditRow {
  readonly id: string;
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly outcome: AuditOutcome;
  readonly subject: string | null;
  readonly run_id: string | null;
  readonly body: string;
}

/** The rows of these entries, so that another set-based statement may carry them along (see `auditInsertSql`). */
export function auditRows(entries: readonly AuditEntry[], now: Date): AuditRow[] {
  return entries.map((entry) => auditRow(entry, now));
}

function auditRow(entry: AuditEntry, now: Date): AuditRow {
  const whole = {
    id: newId(),
    at: now.toISOString(),
    actor: safeText(entry.actor, 200),
    action: safeText(entry.action, 200),
    outcome: entry.outcome,
    subject: entry.subject === undefined ? undefined : safeText(entry.subject, 200),
    runId: entry.runId,
    traceId: entry.traceId === undefined ? undefined : safeText(entry.traceId, 100),
    details: entry.details && safeDetails(entry.details),
  };
  const { id, at, actor, action, outcome, subject = null, runId = null } = whole;
  return { id, at, actor, action, outcome, subject, run_id: runId, body: canonicalize(whole) ?? '' };
}
