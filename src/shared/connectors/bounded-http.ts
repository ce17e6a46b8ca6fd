import { Agent, request } from 'undici';

export interface HttpCall {
  readonly url: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Why there is no answer. `not-sent`: the request has certainly not arrived. `unknown`: it may have been carried out.
 * `aborted`: as unknown, by the caller's own wish. `too-large`: it was answered, with more than anyone should read.
 */
export class TransportFailure extends Error {
  constructor(
    readonly reason: 'not-sent' | 'unknown' | 'aborted' | 'too-large',
    readonly code: string,
  ) {
    super(`no answer (${code})`);
    this.name = 'TransportFailure';
  }
}

const neverArrived = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** HTTP for connectors: kept-alive connections, one deadline for the whole exchange, a bound on the answer. */
export class BoundedHttp {
  private readonly agent: Agent;

  constructor(private readonly bounds: { timeoutMs: number; maxBytes: number; connections: number }) {
    this.agent = new Agent({
      connections: bounds.connections,
      keepAliveTimeout: 20_000,
      maxResponseSize: bounds.maxBytes,
      connect: { timeout: Math.min(5_000, bounds.timeoutMs) },
    });
  }

  /**
   * Sends one request and reads the whole answer. Redirects are not followed; nothing is tried twice.
   * @throws TransportFailure
   */
  async call({ url, method, headers, body, signal }: HttpCall): Promise<HttpAnswer> {
    const deadline = AbortSignal.timeout(this.bounds.timeoutMs);
    const until = signal ? AbortSignal.any([signal, deadline]) : deadline;
    try {
      const answer = await request(url, { method, headers, body, signal: until, dispatcher: this.agent });
      const text = await answer.body.text();
      return { status: answer.statusCode, headers: flatten(answer.headers), body: text };
    } catch (error) {
      throw signal?.aborted ? new TransportFailure('aborted', 'ABORTED') : failureOf(error);
    }
  }

  async close(): Promise<void> {
    await this.agent.close();
  }
}

function flatten(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flat;
}

function failureOf(error: unknown): TransportFailure {
  const code = codeOf(error);
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') return new TransportFailure('too-large', code);
  return new TransportFailure(neverArrived.has(code) ? 'not-sent' : 'unknown', code);
}

/** The code of an error or, where several addresses were tried, of the last of them. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'UNKNOWN';
  if ('code' in error && typeof error.code === 'string') return error.code;
  if (error instanceof AggregateError) return codeOf(error.errors.at(-1));
  return error.name;
}
