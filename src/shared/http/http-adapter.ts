import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { requestContextOf } from '../observability/request-context.js';
import { type BodyLimits, defaultBodyLimits, largestLimit, registerBodyParsers } from './bodies.js';
import { HeadersTooLarge, Malformed, RequestTimeout } from './http.errors.js';
import { problemOf, problemType } from './problem.js';
import { registerSecurityHeaders, type SecurityHeaderOptions, setMissing } from './security-headers.js';

export interface HttpOptions extends SecurityHeaderOptions {
  /** Which proxies may say where a request came from (Fastify's `trustProxy`). Default: none. */
  readonly trustProxy?: boolean | string | string[];
  readonly bodies?: BodyLimits;
  /** How long a request may take to arrive, in milliseconds. Default 30 s. */
  readonly requestTimeoutMs?: number;
}

/**
 * The HTTP server with this product's conventions: raw bodies, bounds, security headers, problems.
 * Give it to `NestFactory.create(…, adapter, { bodyParser: false })`.
 */
export function createHttpAdapter(options: HttpOptions): FastifyAdapter {
  const bodies = options.bodies ?? defaultBodyLimits;
  const requestTimeout = options.requestTimeoutMs ?? 30_000;
  const adapter = new FastifyAdapter({
    trustProxy: options.trustProxy ?? false,
    bodyLimit: largestLimit(bodies),
    requestTimeout,
    // Node.js takes the longer one of the two for the whole request.
    http: {
      headersTimeout: requestTimeout,
      connectionsCheckingInterval: Math.min(5_000, requestTimeout / 2),
    },
    keepAliveTimeout: 72_000,
    routerOptions: { maxParamLength: 200 },
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) =>
      answerEarly(error, request, reply, options),
    clientErrorHandler: answerUnreadable,
  });
  const fastify = adapter.getInstance();
  registerSecurityHeaders(fastify, options);
  registerBodyParsers(fastify, bodies);
  return adapter;
}

/** An address that the router can't read: no hook and no filter gets to see it. */
function answerEarly(error: Error, request: FastifyRequest, reply: FastifyReply, options: HttpOptions): void {
  const { problem, headers } = problemOf(error, requestContextOf(request.raw).correlationId);
  setMissing(request, reply, options);
  void reply.status(problem.status).headers(headers).type(problemType).send(JSON.stringify(problem));
}

/** Bytes that are no HTTP: there is no request to answer, only a socket. */
function answerUnreadable(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const { problem } = problemOf(errorOf(error.code), 'none');
  const body = JSON.stringify(problem);
  socket.end(
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}\r\nConnection: close\r\n` +
      `Content-Type: ${problemType}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

function errorOf(code: string | undefined): Error {
  if (code === 'HPE_HEADER_OVERFLOW') return HeadersTooLarge();
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? RequestTimeout() : Malformed();
}
