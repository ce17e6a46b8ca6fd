/** One HTTP call that a provider simulator received. `status` stays 0 when no complete answer was sent. */
export type Call = {
  at: number;
  provider: string;
  method: string;
  path: string;
  status: number;
  ms: number;
  fault?: string;
};

const KEPT = 200;

/** The last 200 calls, newest first. */
export class RecentCalls {
  private readonly ring: Call[] = [];
  private total = 0;

  add(call: Call): void {
    this.ring[this.total % KEPT] = call;
    this.total += 1;
  }

  list(): Call[] {
    const next = this.total % KEPT;
    return [...this.ring.slice(next), ...this.ring.slice(0, next)].reverse();
  }

  count(): number {
    return this.total;
  }

  clear(): void {
    this.ring.length = 0;
    this.total = 0;
  }
}
