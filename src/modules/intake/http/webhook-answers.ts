import type { Problem } from '../../../shared/http/problem.js';
import type { CodedError } from '../../../shared/kernel/coded-error.js';
import type { AnswerRules } from '../channels/channel.js';
import { ChannelClosed, FormDisabled } from '../intake.errors.js';

/** What is shut and may open again, unlike what does not exist. */
const shut: readonly string[] = [ChannelClosed.code, FormDisabled.code];

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** How a refusal is put so that this provider does the right thing: comes again when it should, and only then. */
export function answerOf(
  rules: AnswerRules,
  error: CodedError,
  problem: Problem,
  headers: Readonly<Record<string, string>>,
): Answer {
  if (error.kind === 'transient') {
    const seconds = Math.min(Number(headers['retry-after'] ?? 5), rules.mostRetryAfter ?? Infinity);
    const isBusy = problem.status === 429 || error.code === 'INTAKE.OVERLOADED';
    const status = isBusy ? rules.busy : 503;
    return { status, headers: { ...headers, 'retry-after': String(seconds) } };
  }
  if (problem.status === 400 && rules.unreadable === 406) return { status: 406, headers };
  if (shut.includes(error.code) && rules.closed) return { status: rules.closed, headers };
  return { status: problem.status, headers };
}
