/** How much of something there may be: `perSecond` in the long run, `burst` at once. */
export type Pace = { perSecond: number; burst: number };

type Bucket = { room: number; at: number };

/** Slack's limits, one bucket for each channel and each method. */
export class Rates {
  private readonly buckets = new Map<string, Bucket>();

  /** Takes one, or says after how many whole seconds there is room again. */
  take(name: string, { perSecond, burst }: Pace, now: number): number {
    const bucket = this.buckets.get(name) ?? { room: burst, at: now };
    this.buckets.set(name, bucket);
    bucket.room = Math.min(burst, bucket.room + ((now - bucket.at) / 1_000) * perSecond);
    bucket.at = now;
    if (bucket.room >= 1) {
      bucket.room -= 1;
      return 0;
    }
    return Math.max(1, Math.ceil((1 - bucket.room) / (perSecond || 1)));
  }

  clear(): void {
    this.buckets.clear();
  }
}
