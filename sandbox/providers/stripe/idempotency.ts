import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { JsonObject } from '../../core/json.ts';
import { answer } from './account.ts';
import type { Account } from './account.ts';
import { StripeError, apiErrorBody, invalidRequest, keyInUse, keyMismatch } from './errors.ts';

const LONGEST_KEY = 255;
const KEPT_MS = 86_400_000;

type Result = { status: number; body: JsonObject };

/**
 * Idempotency-Key of API v1: status and body of the request that was executed first are answered again for a day, a 500
 * too; other parameters under the key are a 400, and a request under way is a 409. What failed validation is not kept.
 */
export class Idempotency {
  private readonly account: Account;
  private readonly underWay = new Set<string>();

  constructor(account: Account) {
    this.account = account;
  }

  async run(request: FastifyRequest, reply: FastifyReply, work: () => JsonObject): Promise<FastifyReply> {
    const key = keyOf(request);
    if (key === undefined) {
      await this.delay();
      return answer(reply, 200, work());
    }
    const hash = hashOf(request);
    const known = this.known(key, hash);
    if (known) {
      reply.header('idempotent-replayed', 'true').header('content-type', 'application/json');
      return reply.code(known.status).send(known.body);
    }
    const { status, body } = await this.first(key, hash, request, work);
    return answer(reply, status, body);
  }

  private async first(
    key: string,
    hash: string,
    request: FastifyRequest,
    work: () => JsonObject,
  ): Promise<Result> {
    this.underWay.add(key);
    try {
      await this.delay();
      const result = this.execute(request, work);
      const body = JSON.stringify(result.body, null, 2);
      const kept = { hash, at: Date.now(), status: result.status, body };
      this.account.commit({ type: 'answer-kept', key, answer: kept });
      return result;
    } finally {
      this.underWay.delete(key);
    }
  }

  clear(): void {
    this.underWay.clear();
  }

  private known(key: string, hash: string): { status: number; body: string } | undefined {
    if (this.underWay.has(key)) throw keyInUse();
    const kept = this.account.store.answers.get(key);
    if (!kept || Date.now() - kept.at > KEPT_MS) return undefined;
    if (kept.hash !== hash) throw keyMismatch(key);
    return kept;
  }

  /** Throws what is not kept; answers what is, a failure in the middle included. */
  private execute(request: FastifyRequest, work: () => JsonObject): Result {
    if (request.sandboxFault?.kept) return { status: 500, body: apiErrorBody() };
    try {
      return { status: 200, body: work() };
    } catch (error) {
      if (error instanceof StripeError && error.status === 402) return { status: 402, body: error.body };
      throw error;
    }
  }

  private async delay(): Promise<void> {
    const { latencyMs } = this.account.settings;
    if (latencyMs > 0) await sleep(latencyMs, undefined, { ref: false });
  }
}

/** The client's own keys for requests that nobody asked to be idempotent count as well. */
function keyOf(request: FastifyRequest): string | undefined {
  const key = request.headers['idempotency-key'];
  if (typeof key !== 'string' || key === '') return undefined;
  if (key.length > LONGEST_KEY) throw invalidRequest('The Idempotency-Key is longer than 255 characters');
  return key;
}

const hashOf = ({ url, body }: FastifyRequest): string =>
  createHash('sha256')
    .update(`${url} ${JSON.stringify(body ?? {})}`)
    .digest('hex');
