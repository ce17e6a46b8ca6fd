import { type ArgumentsHost, Catch, type ExceptionFilter, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { requestContextOf } from '../observability/request-context.js';
import { problemOf, problemType } from './problem.js';

/** Turns every error into a problem (RFC 9457). What the answer hides, the log tells, by the correlation id. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger(ProblemFilter.name);

  catch(error: unknown, host: ArgumentsHost): void {
    if (host.getType() !== 'http') throw error;
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const { correlationId } = requestContextOf(request.raw);
    const { problem, headers, isDefect } = problemOf(error, correlationId);
    if (isDefect)
      this.logger.error({ err: error, correlation_id: correlationId }, 'a request failed unexpectedly');
    else if (problem.status >= 500) {
      this.logger.warn({ err: error, correlation_id: correlationId }, 'a request could not be answered');
    }
    if (reply.sent) return;
    void reply.status(problem.status).headers(headers).type(problemType).send(JSON.stringify(problem));
  }
}
