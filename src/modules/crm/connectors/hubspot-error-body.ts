/**
 * HubSpot's error form, every field optional and nothing believed. Messages quote values that people have entered: they
 * are searched for names, and never passed on.
 */
export interface ErrorBody {
  readonly category?: string;
  readonly correlationId?: string;
  readonly policyName?: string;
  readonly message: string;
  readonly context: Readonly<Record<string, readonly string[]>>;
  readonly errors: readonly Record<string, unknown>[];
}

/** A call that was answered with an error, where no generated method made it. */
export class RefusedCall extends Error {
  override readonly name = 'RefusedCall';

  constructor(
    readonly code: number,
    readonly body: unknown,
    readonly headers: Readonly<Record<string, string>>,
  ) {
    super(`status ${code}`);
  }
}

/** The error form of a body: JSON text, or what became of it; empty for anything else. */
export function bodyOf(raw: unknown): ErrorBody {
  const value = typeof raw === 'string' ? parse(raw) : raw;
  const body = isRecord(value) ? value : {};
  return {
    category: nameIn(body['category']),
    correlationId: nameIn(body['correlationId']),
    policyName: nameIn(body['policyName']),
    message: typeof body['message'] === 'string' ? body['message'].slice(0, 20_000) : '',
    context: contextOf(body['context']),
    errors: Array.isArray(body['errors']) ? body['errors'].filter(isRecord).slice(0, 200) : [],
  };
}

/** The properties that were refused and HubSpot's codes for why, from wherever it states them. */
export function problemsIn({ errors, message }: ErrorBody): { properties: string[]; codes: string[] } {
  const properties = new Set<string | undefined>();
  const codes = new Set<string | undefined>();
  for (const error of [...errors, ...listIn(message)]) {
    const named = contextOf(error['context'])['propertyName'] ?? [];
    // The generated client calls `in` `_in`.
    for (const name of [...named, error['in'], error['_in'], error['name']]) properties.add(nameIn(name));
    codes.add(nameIn(error['code'] ?? error['error']));
  }
  if (/^Email address /.test(message)) properties.add('email');
  for (const [, name] of message.matchAll(/Property "([a-z0-9_]+)"/gi)) properties.add(nameIn(name));
  return { properties: present(properties), codes: present(codes) };
}

/** The permissions that a 403 names. */
export function scopesIn({ errors, context }: ErrorBody): string[] {
  const contexts = [context, ...errors.map((error) => contextOf(error['context']))];
  const scopes = contexts.flatMap((each) => [
    ...(each['requiredGranularScopes'] ?? []),
    ...(each['requiredScopes'] ?? []),
  ]);
  return present(new Set(scopes.map(nameIn)));
}

/** `Contact already exists. Existing ID: 9001001` */
export function existingIdIn({ message }: ErrorBody): string | undefined {
  return /Existing ID: (\d{1,20})\b/.exec(message)?.[1];
}

/** A validation message ends in a JSON list of its problems. */
function listIn(message: string): Record<string, unknown>[] {
  const start = message.indexOf('[{');
  const list = start < 0 ? undefined : parse(message.slice(start));
  return Array.isArray(list) ? list.filter(isRecord).slice(0, 200) : [];
}

function contextOf(raw: unknown): Record<string, string[]> {
  const context: Record<string, string[]> = {};
  if (!isRecord(raw)) return context;
  for (const [name, values] of Object.entries(raw)) {
    const list: unknown[] = Array.isArray(values) ? values : [values];
    context[name] = list.filter((value) => typeof value === 'string').slice(0, 200);
  }
  return context;
}

/** A name, code, scope or id as HubSpot writes them; anything else might be a person's data. */
function nameIn(value: unknown): string | undefined {
  return typeof value === 'string' && /^[\w.:-]{1,100}$/.test(value) ? value : undefined;
}

function present(values: ReadonlySet<string | undefined>): string[] {
  return [...values].filter((value) => value !== undefined).slice(0, 50);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
