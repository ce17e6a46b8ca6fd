import { Injectable } from '@nestjs/common';

/**
 * Lets a connector say that its lane must not be leased for a while: its breaker is open, its provider asked to wait,
 * its daily limit is reached. Leases that were not started go back; nothing counts as an attempt.
 */
@Injectable()
export class LaneGates {
  private readonly closedUntil = new Map<string, number>();
  private readonly listeners: Array<(lane: string) => void> = [];

  /** Closes a lane for `ms` milliseconds from now (monotonic); the longer of two calls wins. */
  close(lane: string, ms: number): void {
    const until = performance.now() + ms;
    if (until <= (this.closedUntil.get(lane) ?? 0)) return;
    this.closedUntil.set(lane, until);
    for (const listener of this.listeners) listener(lane);
  }

  open(lane: string): void {
    this.closedUntil.delete(lane);
  }

  /** Milliseconds until the lane may be leased again; 0 when it is open. */
  closedFor(lane: string): number {
    return Math.max(0, (this.closedUntil.get(lane) ?? 0) - performance.now());
  }

  onClose(listener: (lane: string) => void): void {
    this.listeners.push(listener);
  }
}
