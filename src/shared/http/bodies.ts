import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Malformed, MediaTypeUnsupported, TooLarge } from './http.errors.js';

/** How large bodies may be, in bytes. */
export interface BodyLimits {
  readonly limit: number;
  /** Other limits by the beginning of the path: `{ '/webhooks/whatsapp': 3 MiB }`. */
  readonly byPath?: Readonly<Record<string, number>>;
}

export const defaultBodyLimits: BodyLimits = {
  limit: 1024 * 1024,
  byPath: { '/webhooks/whatsapp': 3 * 1024 * 1024 },
};

const knownCharsets = ['utf-8', 'utf8', 'us-ascii'];

/** The largest limit of all: what the server itself is to be configured with. */
export function largestLimit({ limit, byPath = {} }: BodyLimits): number {
  return Math.max(limit, ...Object.values(byPath));
}

/**
 * Every body reaches its handler as the bytes that were sent (a Buffer, empty when there was none), whatever its type
 * says: a signature can only be verified over them. Below `/admin`, `JsonBodies` turns them into JSON later.
 * Encoded bodies and unknown charsets are refused with 415, large ones with 413, before they are read where their
 * length is stated.
 */
export function registerBodyParsers(fastify: FastifyInstance, limits: BodyLimits = defaultBodyLimits): void {
  fastify.removeAllContentTypeParsers();
  fastify.addHook('onRequest', async (request) => {
    requireReadable(request);
    if (Number(request.headers['content-length'] ?? 0) > limitOf(request, limits)) throw TooLarge();
  });
  fastify.addContentTypeParser(
    '*',
    { parseAs: 'buffer', bodyLimit: largestLimit(limits) },
    async (request: FastifyRequest, body: Buffer) => {
      if (body.length > limitOf(request, limits)) throw TooLarge();
      return body;
    },
  );
}

function requireReadable({ headers }: FastifyRequest): void {
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (encoding !== 'identity' && encoding !== '') {
    throw MediaTypeUnsupported({ message: 'The body must not be compressed.' });
  }
  const charsets = (headers['content-type'] ?? '').matchAll(/;\s*charset\s*=\s*"?([^\s;"]*)"?/gi);
  for (const [, charset = ''] of charsets) {
    if (!knownCharsets.includes(charset.toLowerCase())) {
      throw MediaTypeUnsupported({ message: 'The charset of the body must be UTF-8.' });
    }
  }
}

function limitOf({ url }: FastifyRequest, { limit, byPath = {} }: BodyLimits): number {
  const path = url.split('?', 1)[0] ?? '';
  const special = Object.keys(byPath).find((start) => path === start || path.startsWith(`${start}/`));
  return special === undefined ? limit : (byPath[special] ?? limit);
}

/** The bytes of a request's body. @throws HTTP.MALFORMED when something else has read them */
export function bytesOf(request: FastifyRequest): Buffer {
  const { body } = request;
  if (body === undefined || body === null) return Buffer.alloc(0);
  if (!Buffer.isBuffer(body)) throw Malformed({ message: 'The body is not raw any more.' });
  return body;
}
