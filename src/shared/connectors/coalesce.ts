import type { Settled } from './settled.js';

/** How single requests become calls. */
export interface BatchOptions<In, Out> {
  /** The most items that one call takes. */
  readonly max: number;
  /** The most calls in flight; while they are, further items gather. Default 4. */
  readonly concurrency?: number;
  /** Items of one key are never in flight together: the later one waits until the earlier one's call has ended. */
  readonly keyOf?: (item: In) => string;
  /** Makes the call: one outcome for each item, in their order. What it throws is the outcome of every item. */
  readonly run: (items: readonly In[], signal: AbortSignal) => Promise<readonly Settled<Out>[]>;
}

interface Waiting<In, Out> {
  readonly item: In;
  readonly key: string | undefined;
  resolve: (value: Out) => void;
  reject: (error: unknown) => void;
  /** Set when its call starts: tells the call that nobody waits for this item any more. */
  leave?: () => void;
}

/** Turns of the event loop without a newcomer are awaited at most this often. */
const maxTurns = 10;

/**
 * Lets requests that arrive together share one call, and gives each its own answer. There is no fixed delay: a call
 * leaves when a turn of the event loop has brought no further item, or as soon as it is full.
 */
export class Coalescer<In, Out> {
  private waiting: Waiting<In, Out>[] = [];
  private running = 0;
  private gathering = false;
  /** The keys that are in flight. */
  private readonly busy = new Set<string>();

  constructor(private readonly options: BatchOptions<In, Out>) {}

  /**
   * Adds an item to the next call. An aborted item rejects with the signal's reason and is left out of a call that
   * has not begun; a call that has begun is aborted when every item of it was.
   */
  add(item: In, signal?: AbortSignal): Promise<Out> {
    return new Promise<Out>((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason as Error);
      const entry: Waiting<In, Out> = { item, key: this.options.keyOf?.(item), resolve, reject };
      if (signal) this.watch(entry, signal);
      this.waiting.push(entry);
      if (this.waiting.length >= this.options.max) this.flush();
      else this.gather();
    });
  }

  private watch(entry: Waiting<In, Out>, signal: AbortSignal): void {
    const { resolve, reject } = entry;
    const onAbort = (): void => {
      this.waiting = this.waiting.filter((other) => other !== entry);
      entry.leave?.();
      reject(signal.reason);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    const done = (): void => signal.removeEventListener('abort', onAbort);
    entry.resolve = (value) => (done(), resolve(value));
    entry.reject = (error) => (done(), reject(error));
  }

  private gather(): void {
    if (this.gathering) return;
    this.gathering = true;
    const turn = (seen: number, turns: number): void => {
      const grew = this.waiting.length > seen;
      if (grew && turns < maxTurns) return void setImmediate(turn, this.waiting.length, turns + 1);
      this.gathering = false;
      this.flush();
    };
    setImmediate(turn, this.waiting.length, 0);
  }

  private flush(): void {
    while (this.running < (this.options.concurrency ?? 4)) {
      const batch = this.takeBatch();
      if (batch.length === 0) return;
      this.running += 1;
      void this.call(batch).finally(() => {
        this.running -= 1;
        for (const { key } of batch) if (key !== undefined) this.busy.delete(key);
        this.flush();
      });
    }
  }

  private takeBatch(): Waiting<In, Out>[] {
    const batch: Waiting<In, Out>[] = [];
    const rest: Waiting<In, Out>[] = [];
    for (const entry of this.waiting) {
      const isBusy = entry.key !== undefined && this.busy.has(entry.key);
      const fits = batch.length < this.options.max && !isBusy;
      (fits ? batch : rest).push(entry);
      if (fits && entry.key !== undefined) this.busy.add(entry.key);
    }
    this.waiting = rest;
    return batch;
  }

  private async call(batch: readonly Waiting<In, Out>[]): Promise<void> {
    const controller = new AbortController();
    let left = batch.length;
    for (const entry of batch) entry.leave = () => --left === 0 && controller.abort();
    try {
      const answers = await this.options.run(
        batch.map(({ item }) => item),
        controller.signal,
      );
      for (const [index, entry] of batch.entries()) settle(entry, answers[index]);
    } catch (error) {
      for (const entry of batch) entry.reject(error);
    }
  }
}

function settle<In, Out>(entry: Waiting<In, Out>, answer: Settled<Out> | undefined): void {
  if (!answer) entry.reject(new Error('a batch gave no outcome for one of its items'));
  else if ('error' in answer) entry.reject(answer.error);
  else entry.resolve(answer.value);
}
