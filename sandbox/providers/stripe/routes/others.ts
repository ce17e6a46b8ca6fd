import type { FastifyInstance } from 'fastify';
import { asObject, asString } from '../../../core/json.ts';
import { answer } from '../account.ts';
import type { Account } from '../account.ts';
import { missing } from '../errors.ts';
import type { Idempotency } from '../idempotency.ts';
import { createCustomer } from '../invoices.ts';
import { pageOf } from '../page.ts';
import { presentAccount, presentCustomer, presentEvent } from '../present.ts';
import { causeOf, queryOf } from './invoices.ts';

/** The account itself, its customers and its events. */
export function otherRoutes(app: FastifyInstance, account: Account, idempotency: Idempotency): void {
  const { store } = account;

  app.get('/v1/account', (_request, reply) => answer(reply, 200, presentAccount(store.account)));

  app.get('/v1/customers', (request, reply) => {
    const query = queryOf(request);
    const email = asString(query['email']);
    const found = [...store.customers.values()]
      .filter((one) => email === undefined || one.email === email)
      .reverse();
    const page = pageOf('/v1/customers', found, query);
    return answer(reply, 200, { ...page.frame, data: page.records.map(presentCustomer) });
  });

  app.get('/v1/customers/:id', (request, reply) => {
    const id = String(asObject(request.params)['id']);
    const customer = store.customers.get(id);
    if (!customer) throw missing('customer', id);
    return answer(reply, 200, presentCustomer(customer));
  });

  app.post('/v1/customers', (request, reply) =>
    idempotency.run(request, reply, () =>
      presentCustomer(createCustomer(account, asObject(request.body), causeOf(request))),
    ),
  );

  app.get('/v1/events', (request, reply) => {
    const query = queryOf(request);
    const type = asString(query['type']);
    const found = store.events.filter((one) => type === undefined || one.type === type).reverse();
    const page = pageOf('/v1/events', found, query);
    return answer(reply, 200, { ...page.frame, data: page.records.map(presentEvent) });
  });

  app.get('/v1/events/:id', (request, reply) => {
    const id = String(asObject(request.params)['id']);
    const event = store.events.find((one) => one.id === id);
    if (!event) throw missing('event', id);
    return answer(reply, 200, presentEvent(event));
  });
}
