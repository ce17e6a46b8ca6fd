import { parseArgs } from 'node:util';

export const parts = ['gateway', 'soak', 'hops', 'runs', 'start'] as const;
export type Part = (typeof parts)[number];

export interface BenchOptions {
  readonly only: readonly Part[];
  /** Small numbers, about 100 seconds instead of eleven minutes: for CI, and to see that all of it works. */
  readonly short: boolean;
  readonly json: boolean;
  /** Fail when a goal is missed, not only when something is lost. */
  readonly gate: boolean;
  /** Also say where the time goes, in the application and in PostgreSQL. Costs some of it. */
  readonly profile: boolean;
  /** Submissions of the parts `hops` and `runs`, instead of their own numbers. */
  readonly count: number | undefined;
  /** The people and their texts follow from it. */
  readonly seed: number;
}

export const usage = `npm run bench -- [options]

  --short            small numbers, about 100 seconds on an idle machine
  --only <parts>     of gateway, soak, hops, runs, start; separated by commas
  --json             one JSON document instead of the table
  --gate             exit 1 when a goal is missed, not only when something is lost
  --profile          also where the time goes; figures are lower with it
  --count <n>        submissions of the parts hops and runs, 10 to 20000
  --seed <n>         another set of people`;

/** An option that doesn't exist or doesn't fit; the message is for people. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** @throws UsageError */
export function readOptions(args: readonly string[]): BenchOptions {
  const flag = { type: 'boolean', default: false } as const;
  const text = { type: 'string' } as const;
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        ...{ short: flag, json: flag, gate: flag, profile: flag },
        ...{ only: text, count: text, seed: text },
      },
    });
    return {
      ...{ short: values.short, json: values.json, gate: values.gate, profile: values.profile },
      only: partsOf(values.only),
      count: values.count === undefined ? undefined : wholeNumber('--count', values.count, 10, 20_000),
      seed: values.seed === undefined ? 1 : wholeNumber('--seed', values.seed, 1, 999_999),
    };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function partsOf(list: string | undefined): readonly Part[] {
  if (list === undefined) return parts;
  const names = list.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !parts.some((part) => part === name));
  if (unknown !== undefined) throw new UsageError(`--only takes ${parts.join(', ')}, not ${unknown}`);
  return parts.filter((part) => names.includes(part));
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new UsageError(`${name} takes a whole number from ${least} to ${most}, not ${text}`);
}
