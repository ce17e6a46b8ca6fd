import type { FastifyReply } from 'fastify';

export const JSON_TYPE = 'application/json;charset=utf-8';

export function answer(reply: FastifyReply, status: number, body: object): FastifyReply {
  return reply.code(status).header('content-type', JSON_TYPE).send(JSON.stringify(body));
}
