import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { requestContextOf } from '../observability/request-context.js';

export interface SecurityHeaderOptions {
  /** Whether callers reach this server by TLS, so that browsers may be told to insist on it. */
  readonly isBehindTls: boolean;
  /** Content policies of pages, by the beginning of their path; everything else is an API and shows nothing. */
  readonly pages?: Readonly<Record<string, string>>;
}

/** The content policy of the API's documentation: its own scripts, and the styles that Swagger UI writes inline. */
const docsPolicy = [
  `default-src 'none'`,
  `script-src 'self'`,
  `style-src 'self' 'unsafe-inline'`,
  `img-src 'self' data:`,
  `font-src 'self'`,
  `connect-src 'self'`,
  `base-uri 'none'`,
  `form-action 'none'`,
  `frame-ancestors 'none'`,
].join('; ');

const apiPolicy = `default-src 'none'; frame-ancestors 'none'`;
const always = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
} as const;

/** The headers of an answer at this path. */
export function securityHeaders(path: string, options: SecurityHeaderOptions): Record<string, string> {
  const pages: Record<string, string> = { '/docs': docsPolicy, ...options.pages };
  const page = Object.keys(pages).find((start) => path === start || path.startsWith(`${start}/`));
  return {
    ...always,
    'content-security-policy': (page !== undefined && pages[page]) || apiPolicy,
    ...(page === undefined && { 'cache-control': 'no-store' }),
    ...(options.isBehindTls && { 'strict-transport-security': 'max-age=31536000' }),
  };
}

/** Sets the headers on every answer; a handler's own value stays. */
export function registerSecurityHeaders(fastify: FastifyInstance, options: SecurityHeaderOptions): void {
  fastify.addHook('onSend', async (request: FastifyRequest, reply: FastifyReply) => {
    setMissing(request, reply, options);
  });
}

/** Sets those that the answer does not have yet. */
export function setMissing(
  request: FastifyRequest,
  reply: FastifyReply,
  options: SecurityHeaderOptions,
): void {
  const path = request.url.split('?', 1)[0] ?? '';
  const headers = {
    ...securityHeaders(path, options),
    'x-request-id': requestContextOf(request.raw).correlationId,
  };
  for (const [name, value] of Object.entries(headers)) {
    if (!reply.hasHeader(name)) reply.header(name, value);
  }
}
