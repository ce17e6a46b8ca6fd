import type { QueryConfig } from 'pg';

/** Statements that a process prepares at the most; beyond that they are planned at each use. */
const mostNames = 500;
const names = new Map<string, string>();

/**
 * A statement by name, so that each connection plans it once: planning was a third of what small batches cost. The
 * names live in the protocol, which PgBouncer follows (1.21 and newer, `max_prepared_statements`). A result of all
 * columns is not prepared: it would fail on open connections once a migration adds one.
 */
export function prepared(sql: string, values: readonly unknown[]): QueryConfig {
  const text = { text: sql, values: [...values] };
  if (values.length === 0 || /\b(select|returning)\s+(\w+\.)?\*\s*(from\b|,|$)/i.test(topLevel(sql)))
    return text;
  let name = names.get(sql);
  if (name === undefined) {
    if (names.size >= mostNames) return text;
    name = `sbx_${names.size}`;
    names.set(sql, name);
  }
  return { ...text, name };
}

/** What follows the last common table expression: only there a `*` reaches the result. */
function topLevel(sql: string): string {
  const from = sql.lastIndexOf(')\n');
  return from < 0 ? sql : sql.slice(from);
}
