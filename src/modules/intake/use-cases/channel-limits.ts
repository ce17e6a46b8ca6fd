import { Injectable } from '@nestjs/common';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { networkOf } from '../../../shared/access/guess-limiter.js';
import type { Channel, InboundRequest } from '../channels/channel.js';
import { TooManyRequests } from '../intake.errors.js';
import { WebhookSettings } from './webhook-settings.js';

/** Requests that are not genuine, a minute from one network, before none of it is looked at any more. */
const mostRefused = 300;

/**
 * How much a process takes: each source of each channel has a rate of its own, so that one that runs wild leaves room
 * to the others; and who sends what is not genuine is soon no longer looked at. Counted in the process: a request is
 * not worth a round trip before it has proved to be genuine.
 */
@Injectable()
export class ChannelLimits {
  private readonly sources: RateLimiterMemory;
  private readonly refused = new RateLimiterMemory({ points: mostRefused, duration: 60 });

  constructor({ ratePerSecond }: WebhookSettings) {
    this.sources = new RateLimiterMemory({ points: ratePerSecond, duration: 1 });
  }

  /** @throws INTAKE.TOO_MANY_REQUESTS */
  async require(channel: Channel, request: InboundRequest): Promise<void> {
    const state = await this.refused.get(networkOf(request.ip));
    if (state && state.consumedPoints > mostRefused) throw refusal(state);
    await this.sources.consume(`${channel.name}/${request.source}`).catch((rejected: unknown) => {
      throw rejected instanceof RateLimiterRes ? refusal(rejected) : rejected;
    });
  }

  /** Counts a request that was not genuine. */
  async penalise(request: InboundRequest): Promise<void> {
    await this.refused.penalty(networkOf(request.ip));
  }
}

function refusal({ msBeforeNext }: RateLimiterRes): Error {
  return TooManyRequests({ retryAfterMs: Math.max(1_000, msBeforeNext) });
}
