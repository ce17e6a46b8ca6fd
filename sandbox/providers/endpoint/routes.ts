import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { asObject } from '../../core/json.ts';
import type { Applied, EndpointEvent, Receiver } from './receiver.ts';
import type { Replies } from './replies.ts';
import type { EndpointSettings } from './settings.ts';
import { verify } from './standard-webhooks.ts';

export type Receiving = {
  receiver: Receiver;
  replies: Replies;
  settings: EndpointSettings;
  /** Keys of calls that are being worked on. */
  busy: Set<string>;
  /** Requests that were not carried out, by reason. */
  refused: Map<string, number>;
  /** Applies a state change and journals it. */
  commit: (event: EndpointEvent) => void;
};

type Call = { request: FastifyRequest; reply: FastifyReply; id: string; body: unknown; digest: string };

/** `POST /:endpoint`: a system that takes signed webhooks, and does what is under a key once. */
export function receivingRoute(app: FastifyInstance, receiving: Receiving): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));

  app.post('/:endpoint', async (request, reply) => {
    const { settings } = receiving;
    const text = textOf(request.body);
    const verified = verify(text, request.headers, settings.secret, settings.toleranceSeconds);
    if ('wrong' in verified) return refuse(receiving, reply, 401, verified.wrong);
    const body = parse(text);
    if (body === undefined) return refuse(receiving, reply, 400, 'no_json');
    const digest = createHash('sha256').update(text).digest('hex');
    return take(receiving, { request, reply, id: verified.id, body, digest });
  });
}

/**
 * By the draft of Idempotency-Key (draft-ietf-httpapi-idempotency-key-header): the answer of the first request again,
 * 409 while that is being worked on, 422 when the key comes with another body.
 */
function take(receiving: Receiving, call: Call): FastifyReply {
  const { receiver, settings, busy, commit } = receiving;
  const { reply, digest } = call;
  const key = String(call.request.headers['idempotency-key'] ?? '');
  if (settings.keyHours > 0 && key !== '') {
    const known = receiver.known(key, settings.keyHours);
    if (known && known.digest !== digest) return refuse(receiving, reply, 422, 'key_reused');
    if (busy.has(key)) return refuse(receiving, reply, 409, 'in_progress');
    if (known) {
      commit({ type: 'repeated', number: known.number });
      return reply.code(known.answer.status).header('idempotent-replayed', 'true').send(known.answer.body);
    }
  }
  if (settings.status >= 300) {
    countRefused(receiving, `status ${settings.status}`);
    return later(receiving, key, () => void reply.code(settings.status).send(settings.body ?? {}), reply);
  }
  const done = carryOut(receiving, call, key);
  return later(receiving, key, () => void reply.code(done.answer.status).send(done.answer.body), reply);
}

function carryOut({ receiver, replies, settings, commit }: Receiving, call: Call, key: string): Applied {
  const number = receiver.nextNumber;
  const applied: Applied = {
    number,
    at: Date.now(),
    endpoint: String(asObject(call.request.params)['endpoint']),
    id: call.id,
    key,
    digest: call.digest,
    body: call.body,
    headers: Object.fromEntries(
      Object.entries(call.request.headers).map(([name, value]) => [name, String(value)]),
    ),
    answer: { status: settings.status, body: settings.body ?? { number } },
    repeats: 0,
  };
  commit({ type: 'applied', call: applied });
  replies.answer(call.body);
  return applied;
}

/** Answers after the time that the work takes; the key is busy meanwhile. */
function later(
  { settings, busy }: Receiving,
  key: string,
  answer: () => void,
  reply: FastifyReply,
): FastifyReply {
  if (settings.latencyMs === 0) {
    answer();
    return reply;
  }
  busy.add(key);
  const finish = (): void => {
    busy.delete(key);
    answer();
  };
  setTimeout(finish, settings.latencyMs).unref();
  return reply;
}

function refuse(receiving: Receiving, reply: FastifyReply, status: number, error: string): FastifyReply {
  countRefused(receiving, error);
  return reply.code(status).send({ error });
}

function countRefused({ refused }: Receiving, reason: string): void {
  refused.set(reason, (refused.get(reason) ?? 0) + 1);
}

const textOf = (body: unknown): string => (typeof body === 'string' ? body : '');

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
