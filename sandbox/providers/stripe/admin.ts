import type { FastifyInstance, FastifyRequest } from 'fastify';
import { asObject, asString } from '../../core/json.ts';
import type { JsonObject } from '../../core/json.ts';
import { answer } from './account.ts';
import type { Account } from './account.ts';
import { invalidRequest } from './errors.ts';
import { answerErrors } from './gate.ts';
import {
  changeCustomer,
  createCustomer,
  createInvoice,
  finalizeInvoice,
  findInvoice,
  markUncollectible,
  payInvoice,
  shownInvoice,
  state,
  updateInvoice,
  voidInvoice,
} from './invoices.ts';
import { presentCustomer } from './present.ts';
import type { StripeInvoice, WebhookTarget } from './records.ts';
import { changeSettings } from './settings.ts';

const LISTED = 1_000;
const person = { by: 'person' as const };

/** Admin routes of the Stripe simulator: act as a person in the dashboard, look at what it holds, set it up. */
export function stripeAdminRoutes(app: FastifyInstance, account: Account): void {
  answerErrors(app);
  invoiceAdminRoutes(app, account);
  settingRoutes(app, account);
  webhookRoutes(app, account);
}

function invoiceAdminRoutes(app: FastifyInstance, account: Account): void {
  const { store } = account;

  app.get('/invoices', (_request, reply) => {
    const results = [...store.invoices.values()].slice(-LISTED).map((one) => shownInvoice(account, one));
    return answer(reply, 200, { total: store.invoices.size, results });
  });

  app.get('/invoices/:id', (request, reply) =>
    answer(reply, 200, shownInvoice(account, find(account, request))),
  );

  // Open at once, unless a draft is wanted.
  app.post('/invoices', (request, reply) => {
    const body = asObject(request.body);
    const draft = createInvoice(account, body, person);
    const invoice = body['status'] === 'draft' ? draft : finalizeInvoice(account, draft, person);
    return answer(reply, 201, shownInvoice(account, invoice));
  });

  const changes: Record<string, (invoice: StripeInvoice, body: JsonObject) => StripeInvoice> = {
    update: (invoice, body) => updateInvoice(account, invoice, body, person),
    finalize: (invoice) => finalizeInvoice(account, invoice, person),
    pay: (invoice, body) => payInvoice(account, invoice, body, person),
    void: (invoice) => voidInvoice(account, invoice, person),
    mark_uncollectible: (invoice) => markUncollectible(account, invoice, person),
  };
  for (const [name, change] of Object.entries(changes)) {
    app.post(`/invoices/:id/${name}`, (request, reply) =>
      answer(reply, 200, shownInvoice(account, change(find(account, request), asObject(request.body)))),
    );
  }

  app.post('/customers', (request, reply) =>
    answer(reply, 201, presentCustomer(createCustomer(account, asObject(request.body), person))),
  );

  app.post('/customers/:id', (request, reply) => {
    const id = String(asObject(request.params)['id']);
    return answer(reply, 200, presentCustomer(changeCustomer(account, id, asObject(request.body), person)));
  });

  app.get('/customers', (_request, reply) => {
    const results = [...store.customers.values()].slice(-LISTED).map(presentCustomer);
    return answer(reply, 200, { total: store.customers.size, results });
  });
}

function settingRoutes(app: FastifyInstance, account: Account): void {
  app.get('/settings', (_request, reply) => answer(reply, 200, account.settings));

  app.put('/settings', (request, reply) => {
    const problem = changeSettings(account.settings, request.body);
    if (problem !== undefined) throw invalidRequest(problem);
    return answer(reply, 200, account.settings);
  });

  app.put('/account', (request, reply) => {
    const { name, timezone } = asObject(request.body);
    const changed = {
      ...account.store.account,
      ...(asString(name) === undefined ? {} : { name: String(name) }),
      ...(asString(timezone) === undefined ? {} : { timezone: String(timezone) }),
    };
    account.commit({ type: 'account-put', account: changed });
    return answer(reply, 200, changed);
  });
}

function webhookRoutes(app: FastifyInstance, account: Account): void {
  const { store, webhooks } = account;

  app.get('/webhook', (_request, reply) => {
    const { url, automatic } = store.webhook ?? { url: null, automatic: false };
    return answer(reply, 200, { url, automatic, deliveries: webhooks.deliveries });
  });

  app.put('/webhook', (request, reply) => {
    const target = targetOf(account, asObject(request.body));
    account.commit({ type: 'webhook-set', target });
    return answer(reply, 200, { url: target.url, automatic: target.automatic });
  });

  app.delete('/webhook', (_request, reply) => {
    account.commit({ type: 'webhook-set' });
    return reply.code(204).send();
  });

  // An event that Stripe states by itself, such as invoice.overdue; or one that was stated, once more.
  app.post('/webhook/send', async (request, reply) => {
    const body = asObject(request.body);
    const target = targetOf(account, body);
    const known = store.events.find(({ id }) => id === body['event']);
    if (known) return answer(reply, 200, await webhooks.send(target, known));
    const invoice = findInvoice(account, asString(body['invoice']) ?? '');
    const type = asString(body['type']) ?? 'invoice.overdue';
    return answer(reply, 200, await webhooks.send(target, state(account, invoice, type, person)));
  });
}

/** What the request names, otherwise what was set. */
function targetOf({ store }: Account, body: JsonObject): WebhookTarget {
  const url = asString(body['url']) ?? store.webhook?.url ?? '';
  const secret = asString(body['secret']) ?? store.webhook?.secret ?? '';
  if (!URL.canParse(url) || secret === '') throw invalidRequest('url and secret are needed');
  return { url, secret, automatic: body['automatic'] !== false };
}

const find = (account: Account, request: FastifyRequest): StripeInvoice =>
  findInvoice(account, String(asObject(request.params)['id']));
