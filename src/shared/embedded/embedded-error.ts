/**
 * A part of the embedded profile (PostgreSQL, the sandbox, the data directory) cannot be started.
 * `message` is one sentence on what is wrong and one on what to do; it is shown as it is.
 */
export class EmbeddedError extends Error {
  override readonly name = 'EmbeddedError';
}

/** The `code` of a system error (`ENOENT`, `EACCES`, …), or an empty string for anything else. */
export function systemCode(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return '';
}
