import { Agent, request, type buildConnector, type Dispatcher } from 'undici';
import { CodedError } from '../kernel/coded-error.js';

export interface HttpCall {
  readonly url: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
  /** A deadline of this call's own; the general one when absent. */
  readonly timeoutMs?: number;
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
    /** What the answer began with, where it did begin before it was lost. */
    readonly begun?: Omit<HttpAnswer, 'body'>,
  ) {
    super(`no answer (${code})`);
    this.name = 'TransportFailure';
  }
}

export interface HttpBounds {
  readonly timeoutMs: number;
  readonly maxBytes: number;
  /** The most connections to one origin. */
  readonly connections: number;
}

/** HTTP for connectors: kept-alive connections, one deadline for the whole exchange, a bound on the answer. */
export class BoundedHttp {
  private readonly agent: Agent;

  /** @param connect how connections are opened, where not every address may be called (`outsideConnector`) */
  constructor(
    private readonly bounds: HttpBounds,
    connect?: buildConnector.connector,
  ) {
    this.agent = new Agent({
      connections: bounds.connections,
      keepAliveTimeout: 20_000,
      maxResponseSize: bounds.maxBytes,
      connect: connect ?? { timeout: connectTimeoutOf(bounds) },
    });
  }

  /**
   * Sends one request and reads the whole answer. Redirects are not followed; nothing is tried twice.
   * @throws TransportFailure, and a coded error of `connect`
   */
  async call({ url, signal, timeoutMs, ...rest }: HttpCall): Promise<HttpAnswer> {
    const deadline = AbortSignal.timeout(timeoutMs ?? this.bounds.timeoutMs);
    const until = signal ? AbortSignal.any([signal, deadline]) : deadline;
    const progress: Progress = { sent: false };
    const dispatcher = this.agent.compose(noting(progress));
    try {
      const { statusCode, headers, body } = await request(url, { ...rest, signal: until, dispatcher });
      return { status: statusCode, headers: flatten(headers), body: await body.text() };
    } catch (error) {
      if (error instanceof CodedError) throw error;
      throw failureOf(error, progress, signal?.aborted === true);
    }
  }

  async close(): Promise<void> {
    await this.agent.close();
  }
}

/** How long a connection may take to open. */
export function connectTimeoutOf({ timeoutMs }: Pick<HttpBounds, 'timeoutMs'>): number {
  return Math.min(5_000, timeoutMs);
}

/** How far a request has come. */
interface Progress {
  sent: boolean;
  begun?: Omit<HttpAnswer, 'body'>;
}

/** undici hands a request to a connection once that is open, just before its first byte. */
function noting(progress: Progress): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) => (options, handler) =>
    dispatch(options, {
      onRequestStart(controller, context: unknown) {
        progress.sent = true;
        handler.onRequestStart?.(controller, context);
      },
      onResponseStart(controller, status, headers, text) {
        if (status >= 200) progress.begun = { status, headers: flatten(headers) };
        handler.onResponseStart?.(controller, status, headers, text);
      },
      onResponseData: (...args) => handler.onResponseData?.(...args),
      onResponseEnd: (...args) => handler.onResponseEnd?.(...args),
      onResponseError: (...args) => handler.onResponseError?.(...args),
    });
}

function flatten(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flat;
}

function failureOf(error: unknown, { sent, begun }: Progress, aborted: boolean): TransportFailure {
  const code = aborted ? 'ABORTED' : codeOf(error);
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') return new TransportFailure('too-large', code, begun);
  if (aborted) return new TransportFailure('aborted', code, begun);
  return new TransportFailure(sent ? 'unknown' : 'not-sent', code, begun);
}

/** The code of an error or, where several addresses were tried, of the last of them. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'UNKNOWN';
  if ('code' in error && typeof error.code === 'string') return error.code;
  if (error instanceof AggregateError) return codeOf(error.errors.at(-1));
  return error.name;
}
