import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { asArray, asObject, asString } from '../../../core/json.ts';
import type { JsonObject } from '../../../core/json.ts';
import { answer } from '../company.ts';
import type { Company } from '../company.ts';
import { XeroError, badRequest, notFound, validationBody } from '../errors.ts';
import { framed, presentInvoice } from '../present.ts';
import type { XeroInvoice } from '../records.ts';
import { readSince } from '../dates.ts';
import { listOf, pageOf, queryOf } from '../query.ts';
import { sorted, whereTest } from '../where.ts';
import { commitPlanned, planInvoice } from '../writes.ts';
import type { Planned } from '../writes.ts';

const LONGEST_KEY = 128;
const NO_ID = '00000000-0000-0000-0000-000000000000';

type Kept = { hash: string; at: number; status: number; body: JsonObject };

export function invoiceRoutes(app: FastifyInstance, company: Company): void {
  readRoutes(app, company);
  writeRoutes(app, company);
}

function readRoutes(app: FastifyInstance, company: Company): void {
  app.get('/Invoices', (request, reply) => {
    const query = queryOf(request);
    const found = sorted(matching(company, request, query), query['order']);
    const page = pageOf(found, query);
    const invoices = page.records.map((invoice) => shown(company, invoice, page.isPaged));
    return answer(reply, 200, framed('Invoices', invoices, page.frame));
  });

  app.get('/Invoices/:id', (request, reply) => {
    const invoice = company.store.invoice(idOf(request));
    if (!invoice) throw notFound();
    return answer(reply, 200, framed('Invoices', [shown(company, invoice, true)]));
  });

  app.get('/Invoices/:id/OnlineInvoice', (request, reply) => {
    const invoice = company.store.invoice(idOf(request));
    if (!invoice || invoice.type !== 'ACCREC' || invoice.status === 'DRAFT') throw notFound();
    const OnlineInvoiceUrl = `https://in.xero.com/${invoice.id.replaceAll('-', '').slice(0, 24)}`;
    return answer(reply, 200, { OnlineInvoices: [{ OnlineInvoiceUrl }] });
  });
}

function matching(company: Company, request: FastifyRequest, query: Record<string, string>): XeroInvoice[] {
  const test = whereTest(query['where']);
  const ids = listOf(query['ids']);
  const numbers = listOf(query['invoicenumbers']);
  const contacts = listOf(query['contactids']);
  const statuses = listOf(query['statuses']);
  const since = readSince(request.headers['if-modified-since']);
  return [...company.store.invoices.values()].filter(
    (invoice) =>
      (!ids || ids.includes(invoice.id)) &&
      (!numbers || numbers.includes(invoice.number)) &&
      (!contacts || contacts.includes(invoice.contactId)) &&
      (!statuses || statuses.includes(invoice.status)) &&
      (since === undefined || invoice.updatedAt > since) &&
      test(invoice),
  );
}

function writeRoutes(app: FastifyInstance, company: Company): void {
  const kept = new Map<string, Kept>();
  const route = (createOnly: boolean) => (request: FastifyRequest, reply: FastifyReply) => {
    const id = asString(asObject(request.params)['id']);
    const body = asObject(request.body);
    const items = Array.isArray(body['Invoices']) ? asArray(body['Invoices']) : [body];
    const given = id === undefined ? items : items.map((item) => ({ ...asObject(item), InvoiceID: id }));
    const { status, body: text } = once(company, kept, request, () =>
      write(company, request, given, createOnly),
    );
    return answer(reply, status, text);
  };
  app.put('/Invoices', route(true));
  app.post('/Invoices', route(false));
  app.post('/Invoices/:id', route(false));
}

/** What was answered under an Idempotency-Key is answered again, for a short while; another request under it is refused. */
function once(
  company: Company,
  kept: Map<string, Kept>,
  request: FastifyRequest,
  work: () => { status: number; body: JsonObject },
): { status: number; body: JsonObject } {
  const key = request.headers['idempotency-key'];
  if (typeof key !== 'string' || key === '') return work();
  if (key.length > LONGEST_KEY) throw badRequest('The idempotency key is longer than 128 characters');
  const hash = createHash('sha256')
    .update(`${request.method} ${JSON.stringify(request.body)}`)
    .digest('hex');
  const known = kept.get(key);
  if (known && Date.now() - known.at < company.settings.idempotencySeconds * 1_000) {
    if (known.hash !== hash) throw badRequest('The idempotency key was used with another request');
    return known;
  }
  const done = work();
  kept.set(key, { ...done, hash, at: Date.now() });
  return done;
}

function write(
  company: Company,
  request: FastifyRequest,
  items: unknown[],
  createOnly: boolean,
): { status: number; body: JsonObject } {
  if (items.length === 0) throw badRequest('There is no invoice in the body');
  const itemByItem = queryOf(request)['summarizeerrors'] === 'false';
  const planned = items.map((item) => planInvoice(company, item, 'api', createOnly));
  const wrong = planned.filter(({ invoice }) => !invoice);
  if (wrong.length > 0 && !itemByItem) throw new XeroError(400, validationBody(wrong.map(elementOf)));
  for (const one of planned) commitPlanned(company, one, 'api');
  const invoices = planned.map((one) => {
    if (!one.invoice) return { ...elementOf(one), HasErrors: true, StatusAttributeString: 'ERROR' };
    return { ...shown(company, one.invoice, true), StatusAttributeString: 'OK' };
  });
  return { status: 200, body: framed('Invoices', invoices) };
}

function elementOf({ given, problems }: Planned): JsonObject {
  const InvoiceID = asString(given['InvoiceID']) ?? NO_ID;
  return { ...given, InvoiceID, ValidationErrors: problems.map((Message) => ({ Message })) };
}

function shown({ store }: Company, invoice: XeroInvoice, withLines: boolean): JsonObject {
  const contact = store.contacts.get(invoice.contactId);
  if (!contact) throw new Error(`invoice ${invoice.id} has no contact`);
  return presentInvoice(invoice, contact, withLines);
}

const idOf = (request: FastifyRequest): string => String(asObject(request.params)['id']);
