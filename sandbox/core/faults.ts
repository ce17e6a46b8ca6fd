import { asAmount, asObject, asString, isObject } from './json.ts';
import { seededRandom } from './random.ts';

/**
 * What goes wrong. Instead of the handler: `status`, `body`, `html`, `reset: 'before'`. After the handler has
 * applied the change: `reset: 'after'`, `truncate`, `huge`, `holdMs`. `delayMs` waits and then goes on, also when
 * the caller has left: that is how a late request looks.
 */
export type Fault = {
  status?: number;
  body?: unknown;
  headers?: Record<string, string>;
  html?: boolean;
  delayMs?: number;
  holdMs?: number;
  reset?: 'before' | 'after';
  truncate?: boolean;
  /** Bytes of an answer that is far too large. */
  huge?: number;
  /** How many items of a batch fail in a 207. */
  partial?: number;
  /** Somebody else creates the object just before this request does. */
  race?: boolean;
  /** The provider fails in the middle, and keeps its failure as the answer to this request. */
  kept?: boolean;
};

export type FaultRule = {
  match: { method?: string; path?: string };
  kind?: string;
  probability?: number;
  times?: number;
  after?: number;
  seed?: number;
  fault: Fault;
  seen: number;
  fired: number;
};

type ArmedRule = { rule: FaultRule; path?: RegExp; random: () => number; make: () => Fault };

export class BadFaultRule extends Error {}

const MAX_HUGE_BYTES = 64 * 1024 * 1024;

/** The fault rules of one provider, in order; the first one that matches and fires decides. */
export class FaultBoard {
  private rules: ArmedRule[] = [];

  list(): FaultRule[] {
    return this.rules.map(({ rule }) => rule);
  }

  clear(): void {
    this.rules = [];
  }

  /** Adds all rules or, when one of them is wrong, none. */
  add(rules: unknown[], kinds: Record<string, () => Fault>): void {
    this.rules.push(...rules.map((rule) => arm(rule, kinds)));
  }

  pick(method: string, path: string): { name: string; fault: Fault } | undefined {
    for (const { rule, path: pattern, random, make } of this.rules) {
      if (rule.match.method !== undefined && rule.match.method !== method) continue;
      if (pattern && !pattern.test(path)) continue;
      rule.seen += 1;
      if (rule.seen <= (rule.after ?? 0)) continue;
      if (rule.times !== undefined && rule.fired >= rule.times) continue;
      if (rule.probability !== undefined && random() >= rule.probability) continue;
      rule.fired += 1;
      return { name: rule.kind ?? describe(rule.fault), fault: make() };
    }
    return undefined;
  }
}

function arm(input: unknown, kinds: Record<string, () => Fault>): ArmedRule {
  if (!isObject(input)) throw new BadFaultRule('a fault rule is an object');
  const kind = asString(input['kind']);
  const named = kind === undefined ? undefined : Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
  if (kind !== undefined && !named) {
    throw new BadFaultRule(`kind ${kind} is unknown; known: ${Object.keys(kinds).join(', ')}`);
  }
  if (!named && !isObject(input['fault'])) throw new BadFaultRule('a fault rule has a kind or a fault');
  const extra = readFault(asObject(input['fault']));
  const make = named ? (): Fault => ({ ...named(), ...extra }) : (): Fault => extra;
  const match = asObject(input['match']);
  const pathText = asString(match['path']);
  const rule: FaultRule = {
    match: { method: asString(match['method'])?.toUpperCase(), path: pathText },
    kind,
    probability: asAmount(input['probability']),
    times: asAmount(input['times']),
    after: asAmount(input['after']),
    seed: asAmount(input['seed']),
    fault: make(),
    seen: 0,
    fired: 0,
  };
  return { rule, path: toPattern(pathText), random: seededRandom(rule.seed ?? 1), make };
}

function toPattern(text: string | undefined): RegExp | undefined {
  if (text === undefined) return undefined;
  try {
    return new RegExp(text);
  } catch {
    throw new BadFaultRule(`path ${text} is not a regular expression`);
  }
}

function readFault(input: Record<string, unknown>): Fault {
  const fault: Fault = readStatus(input['status']);
  if ('body' in input) fault.body = input['body'];
  if (isObject(input['headers'])) {
    fault.headers = Object.fromEntries(
      Object.entries(input['headers']).map(([name, value]) => [name.toLowerCase(), String(value)]),
    );
  }
  for (const name of ['html', 'truncate', 'race', 'kept'] as const)
    if (input[name] === true) fault[name] = true;
  for (const name of ['delayMs', 'holdMs', 'huge', 'partial'] as const) {
    const amount = asAmount(input[name]);
    if (amount !== undefined) fault[name] = amount;
  }
  if ((fault.huge ?? 0) > MAX_HUGE_BYTES) throw new BadFaultRule(`huge is at most ${MAX_HUGE_BYTES} bytes`);
  const reset = input['reset'];
  if (reset === 'before' || reset === 'after') fault.reset = reset;
  else if (reset !== undefined) throw new BadFaultRule("reset is 'before' or 'after'");
  return fault;
}

function readStatus(input: unknown): Fault {
  if (input === undefined) return {};
  const status = asAmount(input) ?? 0;
  if (Number.isInteger(status) && status >= 200 && status <= 599) return { status };
  throw new BadFaultRule('status is an HTTP status from 200 to 599');
}

function describe(fault: Fault): string {
  if (fault.reset) return `reset-${fault.reset}`;
  return Object.entries(fault)
    .filter(([name]) => name !== 'body' && name !== 'headers')
    .map(([name, value]) => (value === true ? name : `${name} ${String(value)}`))
    .join(', ');
}
