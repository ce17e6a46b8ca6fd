/** An entry of the audit log as whoever may read it gets it: the body that was stored, and its place in the log. */
export interface AuditRecord {
  /** In the order of commits; a sealed log has no gaps in it. */
  readonly seq: number;
  readonly id: string;
  /** ISO 8601. */
  readonly at: string;
  /** `key:<id>`, `flow:<name>`, `channel:<name>`, `system`, `anonymous` */
  readonly actor: string;
  /** `context.what-happened` */
  readonly action: string;
  readonly outcome: 'ok' | 'refused' | 'failed';
  /** What it was done to: `run:<id>`, `api-key:<id>` */
  readonly subject?: string;
  readonly runId?: string;
  readonly traceId?: string;
  readonly details?: Record<string, unknown>;
}
