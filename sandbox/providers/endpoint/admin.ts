import type { FastifyInstance } from 'fastify';
import { asObject, asString } from '../../core/json.ts';
import { readPlan } from './replies.ts';
import type { Receiving } from './routes.ts';
import { changeSettings } from './settings.ts';

/** What was received, how it answers at once, and how it answers later. */
export function endpointAdminRoutes(app: FastifyInstance, receiving: Receiving): void {
  const { receiver, replies, settings, refused } = receiving;

  app.get('/calls', (request) => {
    const { endpoint } = asObject(request.query);
    const calls = receiver.calls.filter((call) => endpoint === undefined || call.endpoint === endpoint);
    return { total: calls.length, refused: Object.fromEntries(refused), calls };
  });

  app.get('/settings', () => settings);

  app.put('/settings', (request, reply) => {
    const problem = changeSettings(settings, request.body);
    if (problem !== undefined) return reply.code(400).send({ message: problem });
    return reply.send(settings);
  });

  app.get('/reply', () => ({ plan: replies.plan ?? null, sent: replies.sent }));

  app.put('/reply', (request, reply) => {
    const plan = readPlan(request.body);
    if (typeof plan === 'string') return reply.code(400).send({ message: plan });
    replies.plan = plan;
    return reply.send(plan);
  });

  app.delete('/reply', (_request, reply) => {
    replies.plan = undefined;
    return reply.code(204).send();
  });

  app.post('/reply/send', async (request, reply) => {
    const body = asObject(request.body);
    const plan = readPlan(request.body);
    const subject = asString(body['subject']);
    if (typeof plan === 'string') return reply.code(400).send({ message: plan });
    if (plan.url === undefined || subject === undefined) {
      return reply.code(400).send({ message: 'a reply that is sent now has a url and a subject' });
    }
    return reply.send(await replies.send(plan.url, plan, subject, asString(body['id'])));
  });
}
