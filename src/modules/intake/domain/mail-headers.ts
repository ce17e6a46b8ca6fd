/** Header fields by lower-case name, unfolded, each with its values in the order in which they stand. */
export type MailHeaders = ReadonlyMap<string, readonly string[]>;

const mostFields = 1_000;
const longestValue = 20_000;

/** Collects fields; those beyond 1,000 are left out, and values cut to 20,000 characters. */
export function collectHeaders(fields: Iterable<readonly [name: string, value: string]>): MailHeaders {
  const headers = new Map<string, string[]>();
  let count = 0;
  for (const [name, value] of fields) {
    const key = name.trim().toLowerCase();
    if (key === '') continue;
    count += 1;
    if (count > mostFields) break;
    const values = headers.get(key) ?? [];
    values.push(unfold(value.slice(0, longestValue)));
    headers.set(key, values);
  }
  return headers;
}

/** Fields of a block of header text (RFC 5322, section 2.2), whatever its line ends; ends at the first empty line. */
export function parseHeaders(block: string): MailHeaders {
  const fields: [string, string][] = [];
  for (const line of block.slice(0, 1_000_000).split(/\r\n|\n|\r/)) {
    const last = fields.at(-1);
    if (line === '') {
      if (last) break;
      continue;
    }
    if (/^[ \t]/.test(line)) {
      if (last) last[1] += line;
      continue;
    }
    const colon = line.indexOf(':');
    if (colon > 0) fields.push([line.slice(0, colon), line.slice(colon + 1)]);
  }
  return collectHeaders(fields);
}

/** The first value of a field; a repeated field is the sender's fault, and mail programs show the first. */
export function headerOf(headers: MailHeaders, name: string): string | undefined {
  return headers.get(name)?.[0];
}

export function headersOf(headers: MailHeaders, name: string): readonly string[] {
  return headers.get(name) ?? [];
}

function unfold(value: string): string {
  return value.replace(/[\r\n]+/g, '').trim();
}
