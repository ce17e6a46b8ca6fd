import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { asObject, asString } from '../../core/json.ts';
import { answer } from './company.ts';
import type { Company } from './company.ts';
import { putContact } from './contact-writes.ts';
import { dayOf, readDay } from './dates.ts';
import { XeroError, badRequest, notFound, validationBody } from './errors.ts';
import { answerErrors } from './gate.ts';
import { presentContact, presentCreditNote, presentInvoice } from './present.ts';
import { dueOf, roundTo } from './records.ts';
import type { XeroCreditNote, XeroInvoice } from './records.ts';
import { changeSettings } from './settings.ts';
import { webhookAdminRoutes } from './webhook-admin.ts';
import { commitPlanned, planInvoice } from './writes.ts';

const LISTED = 1_000;

/** Admin routes of the Xero simulator: act as a person in Xero, look at what it holds, set it up. */
export function xeroAdminRoutes(app: FastifyInstance, company: Company): void {
  answerErrors(app);
  invoiceAdminRoutes(app, company);
  settingRoutes(app, company);
  webhookAdminRoutes(app, company);
}

function invoiceAdminRoutes(app: FastifyInstance, company: Company): void {
  const { store } = company;

  app.get('/invoices', (_request, reply) => {
    const results = [...store.invoices.values()].slice(-LISTED).map((one) => shown(company, one));
    return answer(reply, 200, { total: store.invoices.size, results });
  });

  app.get('/invoices/:id', (request, reply) => answer(reply, 200, shown(company, find(company, request))));

  app.post('/invoices', (request, reply) => answer(reply, 201, enter(company, request.body)));

  app.put('/invoices/:id', (request, reply) =>
    answer(reply, 200, enter(company, { ...asObject(request.body), InvoiceID: find(company, request).id })),
  );

  app.post('/invoices/:id/payments', (request, reply) => {
    const invoice = find(company, request);
    const { amount = dueOf(invoice), date } = asObject(request.body);
    return answer(reply, 200, shown(company, pay(company, invoice, Number(amount), readDay(date))));
  });

  app.post('/invoices/:id/credit-notes', (request, reply) => {
    const invoice = find(company, request);
    const amount = Number(asObject(request.body)['amount'] ?? dueOf(invoice));
    return answer(reply, 200, shown(company, credit(company, invoice, amount)));
  });

  app.get('/credit-notes', (_request, reply) => {
    const notes = [...store.creditNotes.values()].slice(-LISTED);
    const results = notes.flatMap((note) => {
      const contact = store.contacts.get(note.contactId);
      return contact ? [presentCreditNote(note, contact)] : [];
    });
    return answer(reply, 200, { total: store.creditNotes.size, results });
  });

  app.post('/contacts', (request, reply) =>
    answer(reply, 201, presentContact(putContact(company, request.body, 'person'))),
  );

  app.get('/contacts', (_request, reply) => {
    const results = [...store.contacts.values()].slice(-LISTED).map(presentContact);
    return answer(reply, 200, { total: store.contacts.size, results });
  });
}

function settingRoutes(app: FastifyInstance, company: Company): void {
  const { store, settings } = company;

  app.get('/settings', (_request, reply) => answer(reply, 200, settings));

  app.put('/settings', (request, reply) => {
    const problem = changeSettings(settings, request.body);
    if (problem !== undefined) throw badRequest(problem);
    return answer(reply, 200, settings);
  });

  app.put('/organisation', (request, reply) => {
    const { name, timezone, currency } = asObject(request.body);
    const organisation = {
      ...store.organisation,
      ...(asString(name) === undefined ? {} : { name: String(name) }),
      ...(asString(timezone) === undefined ? {} : { timezone: String(timezone) }),
      ...(asString(currency) === undefined ? {} : { currency: String(currency) }),
    };
    company.commit({ type: 'organisation-put', organisation });
    return answer(reply, 200, organisation);
  });

  // One more organisation that the next authorization covers; it holds nothing.
  app.post('/organisations', (request, reply) => {
    const name = asString(asObject(request.body)['name']) ?? 'Another Ltd';
    const ids = { tenantId: randomUUID(), connectionId: randomUUID() };
    const organisation = { ...store.organisation, ...ids, name };
    company.commit({ type: 'organisation-put', organisation });
    return answer(reply, 201, organisation);
  });

  app.post('/tokens/revoke', (_request, reply) => {
    company.commit({ type: 'tokens-revoked' });
    return reply.code(204).send();
  });

  app.get('/grants', (_request, reply) => {
    const grants = [...store.grants.values()];
    const used = grants.filter(({ usedAt }) => usedAt !== undefined).length;
    return answer(reply, 200, { total: grants.length, used, accessTokens: store.accessTokens.size });
  });
}

function enter(company: Company, given: unknown) {
  const planned = planInvoice(company, given, 'person', false);
  if (!planned.invoice) {
    const problem = { ValidationErrors: planned.problems.map((Message) => ({ Message })) };
    throw new XeroError(400, validationBody([problem]));
  }
  commitPlanned(company, planned, 'person');
  return shown(company, planned.invoice);
}

function pay(company: Company, invoice: XeroInvoice, amount: number, day = dayOf(Date.now())): XeroInvoice {
  if (invoice.status !== 'AUTHORISED' || !(amount > 0) || amount > dueOf(invoice))
    throw badRequest('Only what is due of an authorised invoice can be paid');
  const payments = [...invoice.payments, { id: randomUUID(), date: day, amount }];
  return settle(company, { ...invoice, payments }, day);
}

function credit(company: Company, invoice: XeroInvoice, amount: number): XeroInvoice {
  if (invoice.status !== 'AUTHORISED' || !(amount > 0) || amount > dueOf(invoice))
    throw badRequest('Only what is due of an authorised invoice can be credited');
  const day = dayOf(Date.now());
  const creditNote: XeroCreditNote = {
    id: randomUUID(),
    number: `CN-${String(company.store.creditNotes.size + 1).padStart(4, '0')}`,
    contactId: invoice.contactId,
    invoiceId: invoice.id,
    date: day,
    total: amount,
    currency: invoice.currency,
    updatedAt: Date.now(),
  };
  company.commit({ type: 'credit-note-put', creditNote });
  return settle(company, { ...invoice, credited: roundTo(invoice.credited + amount, 4) }, day);
}

/** Stores an invoice of which less is due than before; of which nothing is, is paid. */
function settle(company: Company, changed: XeroInvoice, day: string): XeroInvoice {
  const updatedAt = Math.max(Date.now(), changed.updatedAt + 1);
  const isPaid = dueOf(changed) === 0;
  const invoice: XeroInvoice = {
    ...changed,
    updatedAt,
    ...(isPaid ? { status: 'PAID', fullyPaidOn: day } : {}),
  };
  company.commit({ type: 'invoice-put', invoice, isNew: false, by: 'person' });
  return invoice;
}

function find({ store }: Company, request: FastifyRequest): XeroInvoice {
  const invoice = store.invoice(String(asObject(request.params)['id']));
  if (!invoice) throw notFound();
  return invoice;
}

function shown({ store }: Company, invoice: XeroInvoice) {
  const contact = store.contacts.get(invoice.contactId);
  if (!contact) throw new Error(`invoice ${invoice.id} has no contact`);
  return presentInvoice(invoice, contact, true);
}
