import { timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { asObject, asString } from '../../core/json.ts';
import type { JsonObject } from '../../core/json.ts';
import { refuse, SlackError, tooMany } from './answers.ts';
import { methods } from './methods.ts';
import type { Slack } from './parts.ts';

/** `/api/<method>` of slack.com: GET with a query, or POST with a form or JSON. */
export function methodRoutes(app: FastifyInstance, slack: Slack): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  app.route({
    method: ['GET', 'POST'],
    url: '/api/:method',
    handler: (request, reply) => answer(slack, request, reply),
  });
}

function answer(slack: Slack, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const name = String(asObject(request.params)['method']);
  const now = Date.now();
  try {
    const args = argumentsOf(request);
    authenticate(slack, request, args);
    void reply.header('x-oauth-scopes', [...slack.scopes].join(','));
    const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
    if (!method) throw new SlackError('unknown_method', { req_method: name });
    const wait = takeRoom(slack, name, args, now);
    if (wait > 0) return tooMany(reply, wait);
    const result = { ok: true, ...method(slack, args, now) };
    if (slack.settings.latencyMs === 0) return reply.send(result);
    setTimeout(() => void reply.send(result), slack.settings.latencyMs).unref();
    return reply;
  } catch (error) {
    if (error instanceof SlackError) return refuse(reply, error);
    throw error;
  }
}

/** One message a second for each channel; methods that read by their tier. */
function takeRoom({ settings, rates }: Slack, name: string, args: JsonObject, now: number): number {
  const { ratePerSecond: perSecond, burst, readsPerMinute } = settings;
  if (name === 'chat.postMessage') {
    return rates.take(`${name} ${String(args['channel'])}`, { perSecond, burst }, now);
  }
  if (name === 'auth.test') return 0;
  return rates.take(name, { perSecond: readsPerMinute / 60, burst: readsPerMinute }, now);
}

function authenticate({ token }: Slack, request: FastifyRequest, args: JsonObject): void {
  const bearer = /^Bearer +(\S+)$/.exec(request.headers.authorization ?? '')?.[1];
  const given = bearer ?? asString(args['token']);
  if (given === undefined) throw new SlackError('not_authed');
  if (!sameText(given, token)) throw new SlackError('invalid_auth');
}

/** In a form, and in a query, what is no text is JSON. */
function argumentsOf(request: FastifyRequest): JsonObject {
  const body = typeof request.body === 'string' ? request.body : '';
  if (request.headers['content-type']?.startsWith('application/json')) {
    return asObject(parsed(body, 'invalid_json'));
  }
  const args: JsonObject = { ...asObject(request.query), ...Object.fromEntries(new URLSearchParams(body)) };
  for (const name of ['blocks', 'metadata']) {
    const text = asString(args[name]);
    if (text !== undefined) args[name] = parsed(text, 'invalid_arguments');
  }
  return args;
}

function parsed(text: string, problem: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new SlackError(problem);
  }
}

function sameText(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
