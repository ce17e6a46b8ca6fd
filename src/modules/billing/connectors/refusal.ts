import type { TransportFailure } from '../../../shared/connectors/bounded-http.js';
import type { Failure } from '../../../shared/connectors/connector.js';
import { AnswerInvalid, Unavailable } from '../billing.errors.js';

const hourMs = 3_600_000;

/** What a provider answered instead of what was asked for. The body is not believed, and never passed on. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    /** By lower-case name. */
    readonly headers: Readonly<Record<string, string>>,
    readonly body: string,
  ) {
    super(`the provider answered ${status}`);
    this.name = 'Refusal';
  }
}

/** Reads only: what may have arrived may be asked again. */
export function explainTransport({ reason, code }: TransportFailure): Failure {
  const details = { transport: code };
  if (reason === 'too-large')
    return { error: AnswerInvalid({ details: { found: 'too large' } }), isDown: true };
  return { error: Unavailable({ details }), isDown: reason !== 'aborted' };
}

/** Seconds or a date by RFC 9110, an hour at the most. @param now in milliseconds */
export function retryAfterMs(headers: Readonly<Record<string, string>>, now: number): number | undefined {
  const text = headers['retry-after'];
  if (!text) return undefined;
  const seconds = Number(text);
  const waitMs = Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(text) - now;
  return Number.isNaN(waitMs) ? undefined : Math.min(Math.max(waitMs, 0), hourMs);
}

/** The members of a JSON object in a body; none of anything else. */
export function membersOf(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : {};
  } catch {
    return {};
  }
}

/** A code as providers write them; anything else might be a person's data. */
export function codeIn(value: unknown): string | undefined {
  return typeof value === 'string' && /^[\w.:-]{1,100}$/.test(value) ? value : undefined;
}
