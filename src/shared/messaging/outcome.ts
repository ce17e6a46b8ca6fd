import type { Tx } from '../database/tx.js';

/**
 * A table's set-based writer. Outcomes of many deliveries are written together: the committer folds rows of the same
 * key, sorts them, and calls `write` once for all.
 */
export interface ChangeSet<Row> {
  /** `schema.table`: writers run in the order of their names, so that transactions lock in one order. */
  readonly table: string;
  keyOf(row: Row): string;
  /** Two rows for one key in one batch become one; without it the later row wins. */
  fold?(earlier: Row, later: Row): Row;
  /**
   * One statement for all rows. May return the keys for which nothing must follow (an ended run).
   * @param wake names a lane in which it put deliveries: they are looked for after the commit
   */
  write(tx: Tx, rows: readonly Row[], wake: (lane: string) => void): Promise<readonly string[] | void>;
}

/** One row for one table, as part of an outcome. */
export interface Change {
  readonly set: ChangeSet<unknown>;
  readonly row: unknown;
  /** Written only when no other change was refused for this key: a run that did not move enters nothing. */
  readonly unlessRefused?: string;
}

/** States that a row is to be written with the outcome. */
export function change<Row>(set: ChangeSet<Row>, row: Row): Change {
  return { set: set, row };
}

/** A message to be sent with an outcome, before it has an envelope. */
export interface Outgoing<T extends object = object> {
  /** An instance of a class declared with @Event or @CommandType. */
  readonly message: T;
  /** The aggregate that it is about, e.g. `contact:123`. */
  readonly subject: string;
}

/** The same changes, written only when nothing was refused for this key. */
export function unlessRefused(key: string, changes: readonly Change[]): Change[] {
  return changes.map((one) => ({ ...one, unlessRefused: key }));
}
