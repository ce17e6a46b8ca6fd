import type { FastifyReply } from 'fastify';

/** What Postmark answers instead: https://postmarkapp.com/developer/api/overview */
export class PostmarkError extends Error {
  readonly status: number;
  readonly code: number;

  constructor(status: number, code: number, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export const unprocessable = (code: number, message: string): PostmarkError =>
  new PostmarkError(422, code, message);

export function answer(reply: FastifyReply, status: number, body: object): FastifyReply {
  return reply
    .code(status)
    .header('content-type', 'application/json; charset=utf-8')
    .send(JSON.stringify(body));
}

/** As Postmark writes them, seven digits of a second and an offset. */
export const timeText = (at: number): string => new Date(at).toISOString().replace('Z', '0000+00:00');
