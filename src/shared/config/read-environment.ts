import type { z } from 'zod';

import { CATALOGUE, type VariableName } from './catalogue.js';
import type { ConfigProblem } from './config-error.js';
import type { Variable } from './variable.js';

/** An environment: name to text. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The catalogue's variables after parsing. One that is malformed reads like one that isn't set. */
export type Values = { readonly [K in VariableName]: z.output<(typeof CATALOGUE)[K]['schema']> };

/** Collects what is wrong, at most one problem for a variable. */
export class Problems {
  readonly list: ConfigProblem[] = [];

  /**
   * @param found what was found instead; completes "NAME …"
   * @param remedy what to do when it isn't what the catalogue says
   */
  add(variable: VariableName, found: string, remedy = CATALOGUE[variable].remedy): void {
    if (this.list.some((problem) => problem.variable === variable)) return;
    this.list.push({ variable, found, expected: CATALOGUE[variable].shape, remedy });
  }

  addUnknown(variable: string, nearest: VariableName | undefined): void {
    const remedy = nearest ? `Did you mean ${nearest}?` : 'Unset it.';
    this.list.push({ variable, found: 'is not a variable of Signalbox', expected: 'a known name', remedy });
  }
}

/** Parses every variable of the catalogue and looks for misspelt names. */
export function readEnvironment(env: Environment): { values: Values; problems: Problems } {
  const problems = new Problems();
  const values: Record<string, unknown> = {};
  for (const [name, variable] of Object.entries(CATALOGUE) as [VariableName, Variable<unknown>][]) {
    const text = env[name]?.trim() || undefined;
    const parsed = variable.schema.safeParse(text);
    // What is malformed falls back to its default, so that the rules between variables can be checked too.
    values[name] = parsed.success ? parsed.data : variable.schema.parse(undefined);
    if (!parsed.success) problems.add(name, describe(variable, text));
  }
  for (const name of Object.keys(env)) {
    const isOurs = name.toUpperCase().startsWith('SIGNALBOX_') && env[name]?.trim();
    if (isOurs && !(name in CATALOGUE)) problems.addUnknown(name, nearestName(name));
  }
  return { values: values as Values, problems };
}

/** Only a short word is repeated: anything longer might be a credential that was pasted into the wrong place. */
function describe(variable: Variable<unknown>, text = ''): string {
  return !variable.secret && /^[\w.,-]{1,16}$/.test(text) ? `is "${text}"` : 'is malformed';
}

function nearestName(name: string): VariableName | undefined {
  const ranked = (Object.keys(CATALOGUE) as VariableName[])
    .map((known) => ({ known, distance: editDistance(name.toUpperCase(), known) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best && best.distance <= 4 ? best.known : undefined;
}

/** Levenshtein's distance: insertions, deletions and replacements that turn one text into the other. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replace = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replace, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
