declare const brand: unique symbol;

/**
 * An open transaction. Every write takes one, so that forgetting the transaction does not compile.
 * Made by `Database.transaction` alone.
 */
export interface Tx {
  readonly [brand]: 'transaction';
  /**
   * Runs one statement and gives its rows (also those of UPDATE … RETURNING). Statements run in the order in which
   * they were asked for; a failure fails the transaction, whether somebody waits for it or not.
   */
  query<Row = Record<string, unknown>>(sql: string, parameters?: readonly unknown[]): Promise<Row[]>;
  /** Lets the commit wait for writes that the caller need not wait for: COMMIT travels with their statements. */
  later(writes: Promise<unknown>): void;
}

/** Makes a transaction of what sends its statements, and what the commit is to wait for. */
export function txOn(query: Tx['query'], later: Tx['later']): Tx {
  return { query, later } as unknown as Tx;
}
