import type { FastifyInstance } from 'fastify';
import { asObject, asString } from '../../core/json.ts';
import type { JsonObject } from '../../core/json.ts';
import { answer } from './company.ts';
import type { Company } from './company.ts';
import { badRequest, notFound } from './errors.ts';
import type { WebhookTarget } from './records.ts';

/** Where webhooks go, and the means to have one sent now. */
export function webhookAdminRoutes(app: FastifyInstance, company: Company): void {
  const { store, webhooks } = company;

  app.get('/webhook', (_request, reply) => {
    const { url, automatic } = store.webhook ?? { url: null, automatic: false };
    return answer(reply, 200, { url, automatic, deliveries: webhooks.deliveries });
  });

  app.get('/sequence', (_request, reply) => answer(reply, 200, { sequence: store.sequence }));

  app.put('/webhook', (request, reply) => {
    const target = targetOf(company, asObject(request.body));
    company.commit({ type: 'webhook-set', target });
    return answer(reply, 200, { url: target.url, automatic: target.automatic });
  });

  app.delete('/webhook', (_request, reply) => {
    company.commit({ type: 'webhook-set' });
    return reply.code(204).send();
  });

  app.post('/webhook/send', async (request, reply) => {
    const body = asObject(request.body);
    const target = targetOf(company, body);
    const delivery = await webhooks.sendInvoice(
      target,
      asString(body['invoice']) ?? '',
      body['isNew'] === true,
    );
    if (!delivery) throw notFound();
    return answer(reply, 200, delivery);
  });

  app.post('/webhook/intent-to-receive', async (request, reply) =>
    answer(reply, 200, await webhooks.intentToReceive(targetOf(company, asObject(request.body)))),
  );
}

/** What the request names, otherwise what was set. */
function targetOf({ store }: Company, body: JsonObject): WebhookTarget {
  const url = asString(body['url']) ?? store.webhook?.url ?? '';
  const key = asString(body['key']) ?? store.webhook?.key ?? '';
  if (!URL.canParse(url) || key === '') throw badRequest('url and key are needed');
  return { url, key, automatic: body['automatic'] !== false };
}
