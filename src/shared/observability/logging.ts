import type { IncomingMessage, ServerResponse } from 'node:http';
import { RequestMethod } from '@nestjs/common';
import type { Params } from 'nestjs-pino';
import type { DestinationStream, LevelWithSilent, Logger } from 'pino';
import { PinoPretty } from 'pino-pretty';
import { describeError, redactObject, scrubText, singleLine } from './redaction.js';
import { requestContextOf } from './request-context.js';

/** How a process logs. */
export interface LogOptions {
  readonly level: LevelWithSilent;
  /** For people; it takes effect where the standard output is a terminal, and otherwise each line is JSON. */
  readonly pretty: boolean;
  /** Where lines go instead of the standard output. */
  readonly destination?: DestinationStream;
}

/** The part of pino-http's options that this product sets. */
type HttpLogOptions = Exclude<Params['pinoHttp'], DestinationStream | unknown[] | undefined>;

/** The parameters of nestjs-pino's `LoggerModule.forRoot`. */
export function loggerParams(options: LogOptions): Params {
  const isForPeople = options.pretty && process.stdout.isTTY && !options.destination;
  const destination = isForPeople ? PinoPretty({ singleLine: true, sync: true }) : options.destination;
  return {
    pinoHttp: destination ? [httpLogOptions(options), destination] : httpLogOptions(options),
    // nestjs-pino 5.2's own default, `{/*splat}`, reaches no route but `/` on Nest's Fastify adapter 12.5.
    forRoutes: [{ path: '/{*splat}', method: RequestMethod.ALL }],
    // A line for each webhook costs a tenth of accepting it, and says less than its audit entry; refusals are logged.
    exclude: [{ path: '/webhooks/{*splat}', method: RequestMethod.ALL }],
  };
}

function httpLogOptions({ level }: LogOptions): HttpLogOptions {
  return {
    level,
    base: { service: 'signalbox', pid: process.pid },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label) => ({ level: label }), log: redactObject },
    hooks: { logMethod: safeMessage, streamWrite: safeLine },
    serializers: { req: describeRequest, res: describeResponse, err: describeError },
    wrapSerializers: false,
    genReqId: (request) => requestContextOf(request).correlationId,
    customProps: (request) => {
      const { correlationId, traceId } = requestContextOf(request);
      return { correlation_id: correlationId, trace_id: traceId };
    },
    customLogLevel: levelOf,
    autoLogging: { ignore: (request) => pathOf(request).startsWith('/health/') },
  };
}

/** A request by what can't hold a secret: its path without the query, and no header. */
function describeRequest(request: IncomingMessage): Record<string, unknown> {
  return { method: request.method, path: singleLine(pathOf(request)).slice(0, 500) };
}

/** Middleware sees a shortened `url`, and the whole one beside it. */
function pathOf(request: IncomingMessage & { originalUrl?: string }): string {
  return (request.originalUrl ?? request.url ?? '').split('?', 1)[0] ?? '';
}

function describeResponse(response: ServerResponse): Record<string, unknown> {
  return { status: response.statusCode };
}

function levelOf(_request: IncomingMessage, response: ServerResponse, error?: Error): LevelWithSilent {
  if (error || response.statusCode >= 500) return 'error';
  return response.statusCode >= 400 ? 'warn' : 'info';
}

/** Messages, and what is formatted into them, stay on their line. */
function safeMessage(
  this: Logger,
  args: Parameters<Logger['info']>,
  method: (...args: unknown[]) => void,
): void {
  const safe = (args as unknown[]).map((arg) => (typeof arg === 'string' ? singleLine(arg) : arg));
  method.apply(this, safe);
}

// JSON leaves these as they are; a terminal or a viewer of lines does not.
const unescaped = /[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** The last look at a line, which is JSON: secrets by their looks, and escapes for what JSON needn't escape. */
function safeLine(line: string): string {
  return scrubText(line).replace(unescaped, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
