const BUCKETS = 100;

/** Counts what happened in the last `windowMs`, in a hundred buckets: constant time at any rate. */
export class RollingWindow {
  private readonly counts = new Array<number>(BUCKETS).fill(0);
  private readonly bucketMs: number;
  private newest = 0;
  private total = 0;

  constructor(windowMs: number) {
    this.bucketMs = windowMs / BUCKETS;
  }

  count(now: number): number {
    this.advanceTo(now);
    return this.total;
  }

  add(now: number): void {
    this.advanceTo(now);
    const slot = this.newest % BUCKETS;
    this.counts[slot] = (this.counts[slot] ?? 0) + 1;
    this.total += 1;
  }

  clear(): void {
    this.counts.fill(0);
    this.total = 0;
  }

  private advanceTo(now: number): void {
    const bucket = Math.floor(now / this.bucketMs);
    if (bucket - this.newest >= BUCKETS) {
      this.clear();
      this.newest = bucket;
    }
    while (this.newest < bucket) {
      this.newest += 1;
      const slot = this.newest % BUCKETS;
      this.total -= this.counts[slot] ?? 0;
      this.counts[slot] = 0;
    }
  }
}
