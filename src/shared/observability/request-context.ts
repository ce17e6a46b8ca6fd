import type { IncomingMessage } from 'node:http';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { newId } from '../kernel/ids.js';
import { childOf, traceIdOf } from './trace.js';

/** What ties together all that one request causes. */
export interface RequestContext {
  /** The caller's `X-Request-Id` when it is a harmless one, otherwise a new id. Answered in the same header. */
  readonly correlationId: string;
  /** This request's own position in the trace: to be carried on with what it causes. */
  readonly traceparent: string;
  readonly traceId: string;
}

const harmlessId = /^[\w.-]{8,64}$/;
const contexts = new WeakMap<IncomingMessage, RequestContext>();

/** The context of a request: made when it is first asked for, and the same from then on. */
export function requestContextOf(request: IncomingMessage): RequestContext {
  const known = contexts.get(request);
  if (known) return known;
  const asked = one(request.headers['x-request-id']);
  const traceparent = childOf(one(request.headers.traceparent));
  const context: RequestContext = {
    correlationId: asked !== undefined && harmlessId.test(asked) ? asked : newId(),
    traceparent,
    traceId: traceIdOf(traceparent) ?? '',
  };
  contexts.set(request, context);
  return context;
}

/** Gives a controller's method the `RequestContext`. */
export const CurrentRequest = createParamDecorator((_: unknown, context: ExecutionContext): RequestContext =>
  requestContextOf(context.switchToHttp().getRequest<FastifyRequest>().raw),
);

function one(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? undefined : header;
}
