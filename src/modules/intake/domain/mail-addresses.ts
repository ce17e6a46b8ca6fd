const longest = 320;
const shape = /^(?:"[^"\p{Cc}]{1,64}"|[^\s@"<>\p{Cc}]+)@[^\s@<>\p{Cc}]+$/u;

/** An address to compare and store by: in lower case as a whole; empty for what is none, or is beyond 320 characters. */
export function addressOf(text: string | undefined): string {
  const address = (text ?? '')
    .slice(0, longest * 2)
    .trim()
    .replace(/^<|>$/g, '')
    .toWellFormed()
    .toLowerCase();
  return address.length <= longest && shape.test(address) ? address : '';
}

/** The mailbox of an address: without its plus part (RFC 5233). */
export function mailboxOf(address: string): string {
  const { local, plus, domain } = partsOf(address);
  return plus === undefined || local === '' ? address : `${local}@${domain}`;
}

/** What follows the plus sign in `support+tag@example.com`. */
export function plusPartOf(address: string): string | undefined {
  return partsOf(address).plus;
}

export function localPartOf(address: string): string {
  return address.slice(0, Math.max(0, address.lastIndexOf('@')));
}

function partsOf(address: string): { local: string; plus?: string; domain: string } {
  const whole = localPartOf(address);
  const domain = address.slice(whole.length + 1);
  const at = whole.startsWith('"') ? -1 : whole.indexOf('+');
  return at < 0 ? { local: whole, domain } : { local: whole.slice(0, at), plus: whole.slice(at + 1), domain };
}
