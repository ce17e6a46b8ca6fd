import { isIPv6 } from 'node:net';
import { Injectable } from '@nestjs/common';
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import { TooManyWrongKeys } from './access.errors.js';

const wrongKeys = 10;
const perSeconds = 60;

/** Counts wrong keys by where they come from: ten a minute, then none is looked at until the minute is over. */
@Injectable()
export class GuessLimiter {
  private readonly limiter = new RateLimiterMemory({ points: wrongKeys, duration: perSeconds });

  /** @throws ACCESS.TOO_MANY_WRONG_KEYS */
  async requireFew(source: string): Promise<void> {
    const state = await this.limiter.get(networkOf(source));
    if (state && state.consumedPoints >= wrongKeys) throw refusal(state);
  }

  /** Counts one. @throws ACCESS.TOO_MANY_WRONG_KEYS when it is one too many */
  async countWrong(source: string): Promise<void> {
    const state = await this.limiter.penalty(networkOf(source));
    if (state.consumedPoints > wrongKeys) throw refusal(state);
  }
}

function refusal(state: RateLimiterRes): Error {
  return TooManyWrongKeys({ retryAfterMs: Math.max(1_000, state.msBeforeNext) });
}

/** One customer usually has a whole /64 of IPv6, so that is what counts as one source. */
export function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  if (!isIPv6(plain)) return plain;
  const [head = '', tail = ''] = plain.toLowerCase().split('::');
  const front = head.split(':').filter(Boolean);
  const back = plain.includes('::') ? tail.split(':').filter(Boolean) : [];
  const groups = [...front, ...Array<string>(Math.max(0, 8 - front.length - back.length)).fill('0'), ...back];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}
