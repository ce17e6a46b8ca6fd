/** What stands where a secret or personal data was. */
export const redacted = '[redacted]';

const deniedKey =
  /^(.*[-_.])?(authorization|cookie|set-cookie|password|passwd|secret|token|signature|api[-_]?key|private[-_]?key|credentials?|body|rawbody|payload|headers|email|phone|query)$/i;
const deniedCamelKey =
  /(Secret|Token|Password|Signature|ApiKey|PrivateKey|Authorization|Cookie|Payload|Email|Phone)$/;

/** What a secret, or an address of a person, looks like wherever it stands in a text. */
const patterns: ReadonlyArray<readonly [RegExp, string]> = [
  [/\bsbx_([A-Za-z0-9]{1,32})_[\w-]{8,}/g, `sbx_$1_${redacted}`],
  [/\b(bearer|basic|zoho-oauthtoken)\s+[\w.~+/=-]{8,}/gi, `$1 ${redacted}`],
  [/\bwhsec_[\w+/=-]{8,}/g, `whsec_${redacted}`],
  [/\bpat-[a-z]{2,4}\d?-[0-9a-f-]{20,}/g, redacted],
  [/\b(xox[a-z]|sk|rk|EAA)[-_]?[\w-]{24,}/g, redacted],
  [/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, redacted],
  [/:\/\/([^\s/:@"\\]{0,64}):[^\s/@"\\]{1,256}@/g, `://$1:${redacted}@`],
  [/([?&](?:[\w.-]*(?:token|secret|key|signature|sig|code|state|password))=)[^&\s"\\#]+/gi, `$1${redacted}`],
  [/[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+/g, redacted],
  [/(?<![\w+])\+\d[\d ().-]{7,18}\d\b/g, redacted],
];

/** Replaces what looks like a secret or a person's address. The last net, over every line that is logged. */
export function scrubText(text: string): string {
  let scrubbed = text;
  for (const [pattern, replacement] of patterns) scrubbed = scrubbed.replace(pattern, replacement);
  return scrubbed;
}

// eslint-disable-next-line no-control-regex
const controls = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** A text that can't start a line of its own nor steer a terminal: control characters become visible escapes. */
export function singleLine(text: string): string {
  return text.replace(controls, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Keys of a log entry that have serializers of their own. */
const serialized = new Set(['req', 'res', 'err']);

/** A copy to log: secrets and bodies by their keys, binary data by its length, long texts cut, depth bounded. */
export function redactObject(value: object, depth = 0): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value as Record<string, unknown>).slice(0, 100)) {
    if (depth === 0 && serialized.has(key)) copy[key] = item;
    else copy[key] = isDenied(key) ? redacted : redactValue(item, depth + 1);
  }
  return copy;
}

function isDenied(key: string): boolean {
  return deniedKey.test(key) || deniedCamelKey.test(key);
}

function redactValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string')
    return singleLine(value.length > 4_000 ? `${value.slice(0, 4_000)}…` : value);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Error) return describeError(value);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (depth > 6) return '[too deep]';
  if (Array.isArray(value)) return value.slice(0, 50).map((item) => redactValue(item, depth + 1));
  if (value instanceof Map || value instanceof Set) return `[${value.size} entries]`;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return redactObject(value, depth);
  // Dates and the like know how to show themselves; other objects may hold a request, a socket, a pool.
  return typeof (value as { toJSON?: unknown }).toJSON === 'function' ? value : `[${value.constructor.name}]`;
}

/** What is logged of an error: never its other properties, where HTTP clients keep requests with their headers. */
export interface LoggedError {
  readonly type: string;
  readonly message: string;
  readonly code?: string;
  readonly kind?: string;
  readonly stack?: string;
  readonly cause?: LoggedError;
}

/** Reduces an error, and at most three causes of it. */
export function describeError(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: redactedText(error) };
  const { code, kind } = error as { code?: unknown; kind?: unknown };
  return {
    type: error.name,
    message: singleLine(error.message).slice(0, 2_000),
    ...(typeof code === 'string' && { code }),
    ...(typeof kind === 'string' && { kind }),
    stack: error.stack?.slice(0, 6_000),
    ...(error.cause !== undefined && depth < 3 && { cause: describeError(error.cause, depth + 1) }),
  };
}

function redactedText(value: unknown): string {
  return typeof value === 'string' ? singleLine(value).slice(0, 2_000) : '[not an error]';
}
