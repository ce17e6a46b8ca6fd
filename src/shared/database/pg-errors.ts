/** The SQLSTATE of an error from PostgreSQL, also when TypeORM wrapped it. */
export function sqlState(error: unknown): string | undefined {
  const candidates = [error, (error as { driverError?: unknown } | null)?.driverError];
  for (const candidate of candidates) {
    const code = (candidate as { code?: unknown } | null)?.code;
    if (typeof code === 'string') return code;
  }
  return undefined;
}

/** Deadlock or serialization failure: the same transaction may pass when it is run again. */
export function isConflictOfTransactions(error: unknown): boolean {
  return ['40P01', '40001'].includes(sqlState(error) ?? '');
}

/** Data or constraint error: a row of the statement is wrong, others may be right. */
export function isDataError(error: unknown): boolean {
  const state = sqlState(error) ?? '';
  return state.startsWith('22') || state.startsWith('23') || state.startsWith('21');
}

/** What pg and TypeORM say, without a code, of a connection that is lost: also to the statement after the one it took. */
const connectionTroubles =
  /Connection terminated|connection is closed|connection error and is not queryable|query runner already released|timeout exceeded when trying to connect|Query read timeout/i;

/** The connection was lost or the server is going down: whether a COMMIT took effect is not known. */
export function isConnectionError(error: unknown): boolean {
  const state = sqlState(error) ?? '';
  if (state.startsWith('08') || state.startsWith('57P')) return true;
  if (['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND'].includes(state)) return true;
  const message = error instanceof Error ? error.message : '';
  return connectionTroubles.test(message);
}
