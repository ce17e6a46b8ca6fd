import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Observable } from 'rxjs';
import { bytesOf } from './bodies.js';
import { MediaTypeUnsupported } from './http.errors.js';
import { parseJsonBounded } from './parse-json.js';

/**
 * Parses the bodies of the admin API, after the guard has let the caller in and before anything is validated.
 * All other routes keep their bytes.
 */
@Injectable()
export class JsonBodies implements NestInterceptor {
  /** @throws HTTP.MALFORMED, HTTP.MEDIA_TYPE_UNSUPPORTED */
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (isAdmin(request) && Buffer.isBuffer(request.body)) request.body = parseBody(request);
    return next.handle();
  }
}

/** Whether a request is for the admin API: by the route that it reached, as an address can be written in many ways. */
export function isAdmin(request: FastifyRequest): boolean {
  return request.routeOptions.url?.startsWith('/admin/') === true;
}

function parseBody(request: FastifyRequest): unknown {
  const bytes = bytesOf(request);
  if (bytes.length === 0) return undefined;
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (!/^application\/([\w.-]+\+)?json$/.test(type)) {
    throw MediaTypeUnsupported({ message: 'The body must be application/json.' });
  }
  return parseJsonBounded(bytes, { strict: true });
}
