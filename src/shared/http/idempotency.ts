import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  Logger,
  type NestInterceptor,
} from '@nestjs/common';
import canonicalize from 'canonicalize';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { catchError, from, mergeMap, type Observable, of } from 'rxjs';
import { actorOf, principalOf } from '../access/principal.js';
import { CodedError } from '../kernel/coded-error.js';
import { requestContextOf } from '../observability/request-context.js';
import { Malformed } from './http.errors.js';
import { type IdempotencyScope, IdempotencyStore, type StoredAnswer } from './idempotency-store.js';
import { isAdmin } from './json-bodies.js';
import { problemOf, problemType } from './problem.js';

const writing = ['POST', 'PUT', 'PATCH', 'DELETE'];
const keptHeaders = ['etag', 'location'];

/**
 * Answers an admin request that comes again under its `Idempotency-Key` with what it was answered first, failures
 * included. Not stored are answers that say that nothing was done and ask for a retry (kind `transient`): the key is
 * given back. Below the guard: who isn't let in claims no key.
 */
@Injectable()
export class Idempotency implements NestInterceptor {
  private readonly logger = new Logger(Idempotency.name);

  constructor(private readonly store: IdempotencyStore) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const scope = scopeOf(request);
    if (!scope) return next.handle();
    const reply = http.getResponse<FastifyReply>();
    return from(this.store.claim(scope, contentOf(request))).pipe(
      mergeMap((stored) => (stored ? of(replay(reply, stored)) : this.perform(scope, request, reply, next))),
    );
  }

  private perform(
    scope: IdempotencyScope,
    request: FastifyRequest,
    reply: FastifyReply,
    next: CallHandler,
  ): Observable<unknown> {
    return next.handle().pipe(
      mergeMap(async (body: unknown) => {
        await this.settle(scope, { status: reply.statusCode, headers: headersOf(reply), body });
        return body;
      }),
      catchError(async (error: unknown) => {
        await this.settleFailure(scope, request, error);
        throw error;
      }),
    );
  }

  private async settleFailure(
    scope: IdempotencyScope,
    request: FastifyRequest,
    error: unknown,
  ): Promise<void> {
    if (error instanceof CodedError && error.kind === 'transient') {
      await this.store.release(scope).catch((cause: unknown) => this.warn(cause));
      return;
    }
    const { problem, headers } = problemOf(error, requestContextOf(request.raw).correlationId);
    await this.settle(scope, {
      status: problem.status,
      headers: { ...headers, 'content-type': problemType },
      body: problem,
    });
  }

  /** What was done was done: a failure to store its answer leaves the key in flight, so that it isn't done again. */
  private async settle(scope: IdempotencyScope, answer: StoredAnswer): Promise<void> {
    await this.store.settle(scope, answer).catch((cause: unknown) => this.warn(cause));
  }

  private warn(cause: unknown): void {
    this.logger.error({ err: cause }, 'the answer of an idempotent request could not be stored');
  }
}

/** @throws HTTP.MALFORMED for a header that is no key */
function scopeOf(request: FastifyRequest): IdempotencyScope | undefined {
  const key = request.headers['idempotency-key'];
  const principal = principalOf(request);
  if (key === undefined || !principal || !isAdmin(request) || !writing.includes(request.method))
    return undefined;
  if (typeof key !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(key)) {
    throw Malformed({ message: 'Idempotency-Key must be one value of 1 to 255 visible ASCII characters.' });
  }
  return { principal: actorOf(principal), route: `${request.method} ${pathOf(request)}`, key };
}

/** The route with its values, the same however the address was escaped. */
function pathOf(request: FastifyRequest): string {
  const params = request.params as Record<string, string | undefined>;
  return (request.routeOptions.url ?? '').replace(/:(\w+)/g, (_, name: string) =>
    encodeURIComponent(params[name] ?? ''),
  );
}

/** All that the answer depends on, in one form for all ways to write the same JSON. */
function contentOf(request: FastifyRequest): string {
  const query = request.url.split('?').slice(1).join('?');
  const body = request.body === undefined ? '' : (canonicalize(request.body) ?? '');
  return JSON.stringify([query, request.headers['if-match'] ?? '', body]);
}

function headersOf(reply: FastifyReply): Record<string, string> {
  const headers = keptHeaders.map((name) => [name, reply.getHeader(name)] as const);
  return Object.fromEntries(
    headers.filter((header): header is [string, string] => typeof header[1] === 'string'),
  );
}

function replay(reply: FastifyReply, stored: StoredAnswer): unknown {
  reply.status(stored.status).headers(stored.headers).header('idempotency-replayed', 'true');
  return stored.body;
}
