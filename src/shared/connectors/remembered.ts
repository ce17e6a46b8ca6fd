interface Kept<T> {
  readonly until: number;
  readonly answer: Promise<T>;
}

/** Answers of a provider that are kept for a while, at most `max` of them. Concurrent questions share one call. */
export class Remembered<T> {
  private readonly kept = new Map<string, Kept<T>>();

  constructor(
    private readonly keepMs: number,
    private readonly max = 1_000,
    private readonly monotonicMs: () => number = () => performance.now(),
  ) {}

  /** The answer that is known, or a new one. A failure is not kept. */
  get(key: string, ask: () => Promise<T>): Promise<T> {
    const now = this.monotonicMs();
    const known = this.kept.get(key);
    if (known && known.until > now) return known.answer;
    const answer = ask();
    this.kept.delete(key);
    this.kept.set(key, { until: now + this.keepMs, answer });
    answer.catch(() => this.forget(key, answer));
    const [oldest] = this.kept.keys();
    if (this.kept.size > this.max && oldest !== undefined) this.kept.delete(oldest);
    return answer;
  }

  private forget(key: string, answer: Promise<T>): void {
    if (this.kept.get(key)?.answer === answer) this.kept.delete(key);
  }
}
