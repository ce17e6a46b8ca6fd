import type { MailAddress } from '../contracts.js';

const longest = 254;
const shape = /^[^\s@<>",;:\\()[\]\p{Cc}]{1,64}@[^\s@<>",;:\\()[\]\p{Cc}]{1,190}$/u;

/** An address to compare and store by: in lower case as a whole. Undefined for what is none. */
export function addressOf(text: unknown): string | undefined {
  if (typeof text !== 'string' || text.length > longest * 2) return undefined;
  const address = text.trim().toWellFormed().toLowerCase();
  return address.length <= longest && shape.test(address) ? address : undefined;
}

/** One line, short, and without what would end it in a header. */
export function nameOf(text: unknown): string | undefined {
  if (typeof text !== 'string') return undefined;
  const name = text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Zl}\p{Zp}<>"\\]+/gu, ' ')
    .replace(/ +/g, ' ')
    .trim()
    .slice(0, 100)
    .toWellFormed();
  return name === '' ? undefined : name;
}

/** Each address once, the first one's name counts. @returns undefined when one of them is none */
export function recipientsOf(given: unknown): MailAddress[] | undefined {
  if (!Array.isArray(given)) return undefined;
  const byAddress = new Map<string, MailAddress>();
  for (const one of given as readonly unknown[]) {
    const { address: text, name: named } = (one ?? {}) as Partial<MailAddress>;
    const address = addressOf(text);
    if (address === undefined) return undefined;
    const name = nameOf(named);
    if (!byAddress.has(address)) byAddress.set(address, { address, ...(name !== undefined && { name }) });
  }
  return [...byAddress.values()];
}

export function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1);
}

/** `support+c.token@example.com`: as our intake knows a conversation by. */
export function withToken(address: string, token: string): string {
  const at = address.lastIndexOf('@');
  return `${address.slice(0, at)}+c.${token}${address.slice(at)}`;
}
