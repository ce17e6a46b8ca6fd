import {
  BrokenCircuitError,
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  handleWhenResult,
} from 'cockatiel';
import type { LaneGates } from '../messaging/lane-gates.js';
import { BreakerOpen } from './connectors.errors.js';
import type { Settled } from './settled.js';
import { valueOf } from './settled.js';

/**
 * Stops calling a provider that failed five times in a row, for 30 s; then one call decides. While it is open the
 * connector's lane is closed, so that deliveries wait without being leased.
 */
export class Breaker {
  private readonly policy;
  private readonly openMs: number;
  private openUntil = 0;

  constructor(lane: string, gates: LaneGates, options: { failures?: number; openMs?: number } = {}) {
    const openMs = (this.openMs = options.openMs ?? 30_000);
    this.policy = circuitBreaker(
      handleWhenResult((result) => (result as Outcome<unknown>).down),
      { halfOpenAfter: openMs, breaker: new ConsecutiveBreaker(options.failures ?? 5) },
    );
    this.policy.onBreak(() => {
      this.openUntil = performance.now() + openMs;
      gates.close(lane, openMs);
    });
  }

  /** @throws CONNECTORS.BREAKER_OPEN when a call would not be made now */
  check(): void {
    if (this.policy.state === CircuitState.Open && this.remainingMs() > 0) throw this.refusal();
  }

  /**
   * Runs one call. Only errors for which `isDown` holds count; any other answer, a refusal too, proves the provider
   * alive. @throws CONNECTORS.BREAKER_OPEN, and what `work` throws
   */
  async run<T>(work: () => Promise<T>, isDown: (error: unknown) => boolean): Promise<T> {
    try {
      const outcome = await this.policy.execute(() => settle(work, isDown));
      return valueOf(outcome.settled);
    } catch (error) {
      throw error instanceof BrokenCircuitError ? this.refusal() : error;
    }
  }

  private refusal(): Error {
    return BreakerOpen({ retryAfterMs: Math.ceil(this.remainingMs()) || this.openMs });
  }

  private remainingMs(): number {
    return Math.max(0, this.openUntil - performance.now());
  }
}

interface Outcome<T> {
  readonly settled: Settled<T>;
  readonly down: boolean;
}

async function settle<T>(work: () => Promise<T>, isDown: (error: unknown) => boolean): Promise<Outcome<T>> {
  try {
    return { settled: { value: await work() }, down: false };
  } catch (error) {
    return { settled: { error }, down: isDown(error) };
  }
}
