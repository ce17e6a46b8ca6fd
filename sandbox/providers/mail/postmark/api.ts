import { timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { MailWorld } from '../mailbox.ts';
import { answer, PostmarkError, unprocessable } from './answers.ts';
import { bounceRoutes } from './bounces.ts';
import { emailRoutes } from './email.ts';
import { messageRoutes } from './messages.ts';
import { suppressionRoutes } from './suppressions.ts';

export const DEFAULT_TOKEN = 'sandbox-postmark-token';

/** Postmark's API for one server. Paths below `/postmark` are those of api.postmarkapp.com. */
export function postmarkRoutes(app: FastifyInstance, world: MailWorld, token: string): void {
  app.addHook('onRequest', (request, reply, done) => {
    const given = request.headers['x-postmark-server-token'];
    if (typeof given !== 'string') {
      const message = 'No Account or Server API tokens were supplied in the HTTP headers.';
      answer(reply, 401, { ErrorCode: 10, Message: message });
    } else if (!sameText(given, token)) {
      answer(reply, 401, { ErrorCode: 10, Message: 'The Server Token you provided was not valid.' });
    } else done();
  });
  app.setErrorHandler((error, _request, reply) => answerError(error, reply));
  app.setNotFoundHandler((_request, reply) => answer(reply, 404, { ErrorCode: 404, Message: 'Not found' }));

  emailRoutes(app, world);
  messageRoutes(app, world);
  bounceRoutes(app, world);
  suppressionRoutes(app, world);
  app.get('/server', (_request, reply) =>
    answer(reply, 200, { ID: 1, Name: 'Sandbox', DeliveryType: 'Live', SmtpApiActivated: true }),
  );
  app.get('/message-streams/:id', (request, reply) => {
    const { id } = request.params as { id: string };
    const found =
      id === 'outbound' ? { ID: id, ServerID: 1, Name: 'Transactional', ArchivedAt: null } : undefined;
    if (!found) throw unprocessable(1226, 'The message stream for the provided ID was not found.');
    return answer(reply, 200, { ...found, MessageStreamType: 'Transactional' });
  });
}

function answerError(error: unknown, reply: FastifyReply): FastifyReply {
  if (error instanceof PostmarkError) {
    return answer(reply, error.status, { ErrorCode: error.code, Message: error.message });
  }
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
  if (status === 400) return answer(reply, 422, { ErrorCode: 402, Message: 'Received invalid JSON input.' });
  if (status < 500) return answer(reply, status, { ErrorCode: status, Message: String(error) });
  process.stderr.write(`sandbox: postmark: ${error instanceof Error ? error.stack : String(error)}\n`);
  return answer(reply, 500, { ErrorCode: 500, Message: 'Internal server error.' });
}

const sameText = (given: string, expected: string): boolean => {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
};
