import type { FastifyInstance, FastifyRequest } from 'fastify';
import { asObject, asString, isObject } from '../../../core/json.ts';
import type { JsonObject } from '../../../core/json.ts';
import { answer } from '../account.ts';
import type { Account } from '../account.ts';
import { readForm, wholeOf } from '../form.ts';
import type { Idempotency } from '../idempotency.ts';
import {
  createInvoice,
  finalizeInvoice,
  findInvoice,
  markUncollectible,
  payInvoice,
  shownInvoice,
  updateInvoice,
  voidInvoice,
} from '../invoices.ts';
import type { Cause } from '../invoices.ts';
import { pageOf } from '../page.ts';
import type { StripeInvoice } from '../records.ts';

type Change = (account: Account, invoice: StripeInvoice, body: JsonObject, cause: Cause) => StripeInvoice;

/** `POST /v1/invoices/:id/<name>` */
const CHANGES: Record<string, Change> = {
  finalize: (account, invoice, _body, cause) => finalizeInvoice(account, invoice, cause),
  pay: payInvoice,
  void: (account, invoice, _body, cause) => voidInvoice(account, invoice, cause),
  mark_uncollectible: (account, invoice, _body, cause) => markUncollectible(account, invoice, cause),
};

export function invoiceRoutes(app: FastifyInstance, account: Account, idempotency: Idempotency): void {
  app.get('/v1/invoices', (request, reply) => {
    const query = queryOf(request);
    const found = [...account.store.invoices.values()].filter(matches(query)).toSorted(newestFirst);
    const page = pageOf('/v1/invoices', found, query);
    const expand = expandedIn(query).map((name) => name.replace(/^data\./, ''));
    return answer(reply, 200, {
      ...page.frame,
      data: page.records.map((one) => shownInvoice(account, one, expand)),
    });
  });

  app.get('/v1/invoices/:id', (request, reply) => {
    const expand = expandedIn(queryOf(request));
    return answer(reply, 200, shownInvoice(account, findInvoice(account, idOf(request)), expand));
  });

  app.post('/v1/invoices', (request, reply) =>
    idempotency.run(request, reply, () =>
      shownInvoice(account, createInvoice(account, asObject(request.body), causeOf(request))),
    ),
  );

  app.post('/v1/invoices/:id', (request, reply) =>
    idempotency.run(request, reply, () => {
      const invoice = findInvoice(account, idOf(request));
      return shownInvoice(account, updateInvoice(account, invoice, asObject(request.body), causeOf(request)));
    }),
  );

  for (const [name, change] of Object.entries(CHANGES)) {
    app.post(`/v1/invoices/:id/${name}`, (request, reply) =>
      idempotency.run(request, reply, () => {
        const invoice = findInvoice(account, idOf(request));
        return shownInvoice(account, change(account, invoice, asObject(request.body), causeOf(request)));
      }),
    );
  }
}

const expandedIn = (query: JsonObject): string[] => Object.values(asObject(query['expand'])).map(String);

function matches(query: JsonObject): (invoice: StripeInvoice) => boolean {
  const [due, created] = [rangeOf(query['due_date']), rangeOf(query['created'])];
  return (invoice) =>
    equals(query['status'], invoice.status) &&
    equals(query['customer'], invoice.customer) &&
    equals(query['collection_method'], invoice.collectionMethod) &&
    due(invoice.dueDate) &&
    created(invoice.created);
}

const equals = (wanted: unknown, value: string): boolean => wanted === undefined || wanted === value;

/** `due_date=1`, or `due_date[lt]=1`; what has no date matches no range. */
function rangeOf(wanted: unknown): (value: number | null) => boolean {
  if (wanted === undefined) return () => true;
  const exact = wholeOf(wanted);
  const { lt, lte, gt, gte } = isObject(wanted)
    ? wanted
    : { lt: undefined, lte: exact, gt: undefined, gte: exact };
  const below = Math.min(wholeOf(lt) ?? Infinity, (wholeOf(lte) ?? Infinity) + 1);
  const from = Math.max((wholeOf(gt) ?? -Infinity) + 1, wholeOf(gte) ?? -Infinity);
  return (value) => value !== null && value < below && value >= from;
}

const newestFirst = (a: StripeInvoice, b: StripeInvoice): number =>
  b.created - a.created || (a.id < b.id ? 1 : -1);

export const queryOf = (request: FastifyRequest): JsonObject => readForm(request.url.split('?')[1] ?? '');

const idOf = (request: FastifyRequest): string => String(asObject(request.params)['id']);

export const causeOf = (request: FastifyRequest): Cause => ({
  by: 'api',
  idempotencyKey: asString(request.headers['idempotency-key']),
});
