import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

/** Most bytes of an entry's details, as canonical JSON. */
export const maxDetailBytes = 8 * 1024;
/** What stands where personal data or a credential was. */
export const withheld = '[withheld]';

const maxDepth = 8;
const maxText = 2_000;
const maxItems = 200;

/** Keys (lower case, without separators) whose values are about a person, or open something. */
const deniedKeys = new Set(
  `email emailaddress mail from to cc bcc phone phonenumber mobile msisdn whatsapp name firstname lastname fullname
   surname displayname company address street city postcode zip birthdate body rawbody text message content subjectline
   payload ip ipaddress useragent password secret token accesstoken refreshtoken authorization cookie signature apikey
   privatekey clientsecret`.split(/\s+/),
);

/** Values that are e-mail addresses, bearer tokens, API keys or signing secrets whatever their key is. */
const deniedValue =
  /[^\s@<>"]{1,64}@[^\s@<>"]+\.[a-z]{2,}|\bbearer\s+\S{8,}|\bsbx_[a-z0-9]{1,32}_[\w-]{16,}|\bwhsec_\S{8,}/i;

// C0 and C1 controls, DEL, line separators, and what turns the reading direction.
// eslint-disable-next-line no-control-regex
const unsafeCharacters = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** Text that can't break a line, move a cursor or hide what follows: such characters become visible `\u…` escapes. */
export function safeText(text: string, max = maxText): string {
  const escaped = text
    .toWellFormed()
    .replace(unsafeCharacters, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return escaped.length <= max ? escaped : `${escaped.slice(0, max - 1).toWellFormed()}…`;
}

/**
 * The details as they may be stored for ever: values of personal keys and personal-looking values withheld, texts made
 * safe, and all within 8 KiB (larger ones are replaced by their size and hash). Never throws for what is in them: an
 * audit entry that can't be written would undo the action that it is about.
 */
export function safeDetails(details: Record<string, unknown>): Record<string, unknown> {
  const safe = cleanObject(details, 1, '', []);
  const text = canonicalize(safe) ?? '{}';
  const bytes = Buffer.byteLength(text);
  if (bytes <= maxDetailBytes) return safe;
  return { omitted: true, bytes, sha256: createHash('sha256').update(text).digest('hex') };
}

/** The paths whose values `safeDetails` withholds; a use case's test expects none. */
export function personalPaths(details: Record<string, unknown>): string[] {
  const found: string[] = [];
  cleanObject(details, 1, '', found);
  return found;
}

function cleanObject(value: object, depth: number, path: string, found: string[]): Record<string, unknown> {
  const entries = Object.entries(value).slice(0, maxItems);
  return Object.fromEntries(
    entries
      .filter(([, item]) => item !== undefined)
      .map(([key, item]) => {
        const at = path ? `${path}.${key}` : key;
        return [safeText(key, 100), isDenied(key) ? withhold(at, found) : clean(item, depth + 1, at, found)];
      }),
  );
}

function clean(value: unknown, depth: number, path: string, found: string[]): unknown {
  if (typeof value === 'string') return deniedValue.test(value) ? withhold(path, found) : safeText(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'boolean' || value === null) return value;
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (typeof value !== 'object') return null;
  if (depth > maxDepth) return '[too deep]';
  if (Buffer.isBuffer(value)) return `[${value.length} bytes]`;
  if (Array.isArray(value)) {
    return value.slice(0, maxItems).map((item, index) => clean(item, depth + 1, `${path}.${index}`, found));
  }
  return cleanObject(value, depth, path, found);
}

function isDenied(key: string): boolean {
  return deniedKeys.has(key.toLowerCase().replace(/[^a-z0-9]/g, ''));
}

function withhold(path: string, found: string[]): string {
  found.push(path);
  return withheld;
}
