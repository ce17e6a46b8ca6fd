import type { EventEmitter } from 'node:events';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Malformed, MediaTypeUnsupported, TooLarge, Unavailable } from './http.errors.js';

/** How large bodies may be, in bytes. */
export interface BodyLimits {
  readonly limit: number;
  /** Other limits by the beginning of the path: `{ '/webhooks/email': 36 MiB }`. */
  readonly byPath?: Readonly<Record<string, number>>;
  /** Bytes of large bodies that may be under way at a time; more are answered with 503. Default 128 MiB. */
  readonly underWay?: number;
}

export const defaultBodyLimits: BodyLimits = { limit: 1024 * 1024 };

/** Bodies up to this size are not counted: the number of connections bounds them. */
const smallBody = 64 * 1024;

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
  const room = new Room(limits.underWay ?? 128 * 1024 * 1024);
  fastify.addHook('onRequest', async (request, reply) => {
    requireReadable(request);
    const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
    if (Number(length ?? 0) > limitOf(request, limits)) throw TooLarge();
    room.take(encoding === undefined ? Number(length ?? 0) : limitOf(request, limits), reply.raw);
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

/** Bounds what large bodies hold in memory together. */
class Room {
  private taken = 0;

  constructor(private readonly most: number) {}

  /** Holds the room until the answer is done with. @throws HTTP.UNAVAILABLE */
  take(bytes: number, until: EventEmitter): void {
    if (bytes <= smallBody) return;
    if (this.taken + bytes > this.most) throw Unavailable({ retryAfterMs: 5_000 });
    this.taken += bytes;
    until.once('close', () => (this.taken -= bytes));
  }
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
