import { CodedError } from '../kernel/coded-error.js';
import type { LaneGates } from '../messaging/lane-gates.js';
import type { Breaker } from './breaker.js';
import { RateBudgetSpent } from './connectors.errors.js';
import type { RateBucket } from './rate-bucket.js';

/** What a failed call means beyond its error. */
export interface Failure {
  readonly error: CodedError;
  /** The provider itself is unwell: counts for the breaker. */
  readonly isDown?: boolean;
  /** Nothing of this lane makes sense for so long: it is not leased. */
  readonly closeLaneMs?: number;
  /** No process may call for so long. */
  readonly holdMs?: number;
}

export interface ConnectorParts {
  /** Also the lane's name. */
  readonly name: string;
  readonly breaker: Breaker;
  readonly gates: LaneGates;
  /** Makes a coded error of anything that the provider's client can throw. */
  readonly explain: (thrown: unknown) => Failure;
}

/** What all connectors do around a call: breaker, budget, the call, and a coded error for whatever goes wrong. */
export class Connector {
  constructor(private readonly parts: ConnectorParts) {}

  /** Makes one provider call at the bucket's expense. Nothing is tried twice. @throws CodedError */
  async call<T>(bucket: RateBucket, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    const { breaker, explain } = this.parts;
    breaker.check();
    await this.take(bucket, signal);
    try {
      return await breaker.run(work, (error) => explain(error).isDown === true);
    } catch (thrown) {
      const failure = explain(thrown);
      await this.heed(bucket, failure);
      throw failure.error;
    }
  }

  private async take(bucket: RateBucket, signal: AbortSignal | undefined): Promise<void> {
    try {
      await bucket.take(signal);
    } catch (error) {
      const spent = error instanceof CodedError && error.code === RateBudgetSpent.code;
      if (spent) this.parts.gates.close(this.parts.name, error.retryAfterMs ?? 0);
      throw error;
    }
  }

  private async heed(bucket: RateBucket, { closeLaneMs, holdMs }: Failure): Promise<void> {
    if (closeLaneMs !== undefined) this.parts.gates.close(this.parts.name, closeLaneMs);
    if (holdMs !== undefined) await bucket.hold(holdMs).catch(() => undefined);
  }
}
