const keptMs = 3_600_000;

/** A value that changes hardly ever: asked for once an hour, whoever asks. A failure is not kept. */
export class Hourly<T> {
  private value: Promise<T> | undefined;
  private until = 0;

  constructor(private readonly read: () => Promise<T>) {}

  async get(): Promise<T> {
    if (this.value && this.until > performance.now()) return this.value;
    const value = this.read();
    this.value = value;
    this.until = performance.now() + keptMs;
    value.catch(() => {
      if (this.value === value) this.value = undefined;
    });
    return value;
  }
}
