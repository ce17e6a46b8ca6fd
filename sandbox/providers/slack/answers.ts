import type { FastifyReply } from 'fastify';
import type { JsonObject } from '../../core/json.ts';

/** Refusals are answered with status 200 and `ok: false`; the one of the limit is a 429. */
export class SlackError extends Error {
  readonly code: string;
  readonly extra: JsonObject;

  constructor(code: string, extra: JsonObject = {}) {
    super(code);
    this.code = code;
    this.extra = extra;
  }
}

/** What the documentation of the methods here names, and what any method may answer. */
export const REFUSALS = [
  'account_inactive',
  'cannot_dm_bot',
  'cant_update_message',
  'channel_not_found',
  'fatal_error',
  'internal_error',
  'invalid_arguments',
  'invalid_auth',
  'invalid_blocks',
  'invalid_metadata_format',
  'is_archived',
  'message_not_found',
  'missing_scope',
  'msg_too_long',
  'no_permission',
  'no_text',
  'not_authed',
  'not_in_channel',
  'ratelimited',
  'restricted_action',
  'service_unavailable',
  'thread_not_found',
  'token_revoked',
  'unknown_method',
  'user_disabled',
  'user_not_found',
  'users_not_found',
] as const;

export function refuse(reply: FastifyReply, { code, extra }: SlackError): FastifyReply {
  return reply.code(200).send({ ok: false, error: code, ...extra });
}

export function tooMany(reply: FastifyReply, seconds: number): FastifyReply {
  return reply.code(429).header('retry-after', String(seconds)).send({ ok: false, error: 'ratelimited' });
}
