import type { FastifyInstance, FastifyReply, FastifyRequest, HookHandlerDoneFunction } from 'fastify';
import type { Call, RecentCalls } from './calls.ts';
import type { Fault } from './faults.ts';
import type { AnswerRewrite, Running } from './provider.ts';

declare module 'fastify' {
  interface FastifyRequest {
    sandboxCall: Call | null;
    sandboxFault: Fault | null;
    sandboxRewrite: AnswerRewrite | null;
  }
}

type SendDone = (error?: Error | null, payload?: unknown) => void;

const BAD_GATEWAY =
  '<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>';

/**
 * Gives a provider's routes below `base` their call log and their faults. Register it before the provider's own hooks.
 */
export function watchAndDisturb(
  app: FastifyInstance,
  base: string,
  { provider, faults }: Running,
  calls: RecentCalls,
): void {
  app.decorateRequest('sandboxCall', null);
  app.decorateRequest('sandboxFault', null);
  app.decorateRequest('sandboxRewrite', null);

  app.addHook('onRequest', (request, _reply, done) => {
    const { method } = request;
    const path = request.url.slice(base.length);
    request.sandboxCall = { at: Date.now(), provider: base.slice(1), method, path, status: 0, ms: 0 };
    calls.add(request.sandboxCall);
    done();
  });

  app.addHook('preHandler', (request, reply, done) => {
    const path = request.sandboxCall?.path ?? '';
    const picked = faults.pick(request.method, path.split('?', 1)[0] ?? '');
    if (!picked) return done();
    request.sandboxFault = picked.fault;
    if (request.sandboxCall) request.sandboxCall.fault = picked.name;
    if (picked.fault.reset === 'before') return cutConnection(request);
    request.sandboxRewrite = provider.prepareFault(request, picked.fault) ?? null;
    later(picked.fault.delayMs, () => answerInstead(picked.fault, reply, done));
  });

  app.addHook('onSend', (request, reply, payload, done) => {
    if (request.sandboxCall) {
      request.sandboxCall.status = reply.statusCode;
      request.sandboxCall.ms = Date.now() - request.sandboxCall.at;
    }
    if (!request.sandboxFault) return done(null, payload);
    spoilAnswer(request.sandboxFault, request, reply, payload, done);
  });
}

function answerInstead(fault: Fault, reply: FastifyReply, done: HookHandlerDoneFunction): void {
  if (fault.html) {
    reply.code(fault.status ?? 502).header('content-type', 'text/html;charset=utf-8');
    reply.headers(fault.headers ?? {}).send(BAD_GATEWAY);
    return;
  }
  if (fault.status === undefined && fault.body === undefined) {
    reply.headers(fault.headers ?? {});
    return done();
  }
  const body = typeof fault.body === 'string' ? fault.body : JSON.stringify(fault.body ?? {});
  reply.code(fault.status ?? 200).header('content-type', 'application/json;charset=utf-8');
  reply.headers(fault.headers ?? {}).send(body);
}

function spoilAnswer(
  fault: Fault,
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
  done: SendDone,
): void {
  let body = typeof payload === 'string' ? payload : '';
  if (request.sandboxRewrite) {
    const rewritten = request.sandboxRewrite({ status: reply.statusCode, body });
    reply.code(rewritten.status);
    body = rewritten.body;
  }
  if (fault.huge !== undefined) body = JSON.stringify({ padding: 'x'.repeat(fault.huge) });
  if (request.sandboxCall) request.sandboxCall.status = reply.statusCode;
  if (fault.reset === 'after') return cutConnection(request);
  reply.removeHeader('content-length');
  later(fault.holdMs, () => (fault.truncate ? sendHalf(request, reply, body) : done(null, body)));
}

function cutConnection(request: FastifyRequest): void {
  if (request.sandboxCall) request.sandboxCall.status = 0;
  request.raw.socket.resetAndDestroy();
}

function sendHalf(request: FastifyRequest, reply: FastifyReply, body: string): void {
  const bytes = Buffer.from(body);
  reply.raw.statusCode = reply.statusCode;
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    if (value !== undefined) reply.raw.setHeader(name, value);
  }
  reply.raw.setHeader('content-length', bytes.length);
  reply.raw.write(bytes.subarray(0, bytes.length >> 1), () => request.raw.socket.destroy());
}

/** Timers here never keep the process alive: the listening socket does. */
function later(ms: number | undefined, action: () => void): void {
  if (ms === undefined || ms === 0) action();
  else setTimeout(action, ms).unref();
}
