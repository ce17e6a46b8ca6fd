import { dayMs } from './dates.ts';
import { queryError } from './errors.ts';
import { dueOf, paidOf } from './records.ts';
import type { XeroInvoice } from './records.ts';

type Value = string | number | null;
type Test = (invoice: XeroInvoice) => boolean;

/** What a filter or an order may name. Dates compare as milliseconds. */
const FIELDS: Record<string, (invoice: XeroInvoice) => Value> = {
  Type: ({ type }) => type,
  Status: ({ status }) => status,
  InvoiceID: ({ id }) => id,
  InvoiceNumber: ({ number }) => number,
  Reference: ({ reference }) => reference,
  CurrencyCode: ({ currency }) => currency,
  'Contact.ContactID': ({ contactId }) => contactId,
  AmountDue: dueOf,
  AmountPaid: paidOf,
  Total: ({ total }) => total,
  Date: ({ date }) => dayMs(date),
  DueDate: ({ dueDate }) => (dueDate === '' ? null : dayMs(dueDate)),
  UpdatedDateUTC: ({ updatedAt }) => updatedAt,
};

const CLAUSE = /^([A-Za-z.]+)\s*(==|!=|<=|>=|<|>|=)\s*(.+)$/;

/** The `where` of a listing: clauses joined by AND, as documented. A single `=` is an error in Xero too. */
export function whereTest(text: string | undefined): Test {
  if (text === undefined || text.trim() === '') return () => true;
  const tests = text.split(/\s+AND\s+|\s*&&\s*/i).map(clauseTest);
  return (invoice) => tests.every((test) => test(invoice));
}

function clauseTest(text: string): Test {
  const [, name = '', operator = '', literal = ''] = CLAUSE.exec(text.trim()) ?? [];
  const field = Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined;
  if (!field) throw queryError(`No property or field '${name || text}' exists in type 'Invoice'`);
  const wanted = literalOf(literal.trim());
  const compare = COMPARISONS[operator];
  if (!compare) throw queryError(`Operator '${operator}' is not supported`);
  return (invoice) => compare(field(invoice), wanted);
}

const both = (test: (left: number, right: number) => boolean) => (left: Value, right: Value) =>
  typeof left === 'number' && typeof right === 'number' && test(left, right);

const COMPARISONS: Record<string, (left: Value, right: Value) => boolean> = {
  '==': (left, right) => left === right,
  '!=': (left, right) => left !== right,
  '<': both((left, right) => left < right),
  '>': both((left, right) => left > right),
  '<=': both((left, right) => left <= right),
  '>=': both((left, right) => left >= right),
};

function literalOf(text: string): Value {
  if (text === 'null') return null;
  const quoted = /^"([^"]*)"$/.exec(text)?.[1] ?? /^guid\("([^"]*)"\)$/i.exec(text)?.[1];
  if (quoted !== undefined) return quoted;
  const parts = /^DateTime\(([\d,\s]+)\)$/.exec(text)?.[1];
  if (parts !== undefined) return dateTime(parts.split(',').map(Number));
  const number = Number(text);
  if (text === '' || Number.isNaN(number)) throw queryError(`Expression '${text}' could not be parsed`);
  return number;
}

function dateTime(parts: number[]): number {
  if (parts.length < 3) throw queryError('DateTime needs year, month and day');
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** `DueDate ASC, InvoiceID DESC`; what is equal keeps its order. */
export function sorted(invoices: XeroInvoice[], order: string | undefined): XeroInvoice[] {
  if (order === undefined || order.trim() === '') return invoices;
  const keys = order.split(',').map((part) => {
    const [name = '', direction = 'ASC'] = part.trim().split(/\s+/);
    const field = Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined;
    if (!field) throw queryError(`No property or field '${name}' exists in type 'Invoice'`);
    return { field, sign: direction.toUpperCase() === 'DESC' ? -1 : 1 };
  });
  return invoices.toSorted((a, b) => {
    for (const { field, sign } of keys) {
      const [left, right] = [field(a) ?? '', field(b) ?? ''];
      if (left !== right) return left < right ? -sign : sign;
    }
    return 0;
  });
}
