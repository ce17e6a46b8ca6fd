import { isConflictOfTransactions, isDataError } from '../database/pg-errors.js';

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly weight: number;
  /** Monotonic. */
  readonly since: number;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

export interface GroupOptions<Item> {
  /** The most items that one commit carries. */
  maxItems: number;
  /** The most weight (bytes) that one commit carries; one item may exceed it alone. */
  maxWeight: number;
  weigh(item: Item): number;
  /** Items of one key go in commits of their own, one after the other; undefined: it shares with all. */
  keyOf?(item: Item): string | undefined;
  /** How many groups may be committing at a time. */
  parallel: number;
}

const conflictRetries = 5;

/**
 * Group commit: items that arrive while a commit is under way share the next one. There is no delay to tune: a lone
 * item is committed at once, and the busier it gets, the more items share a commit.
 *
 * A deadlock or serialization failure runs the group again. A data error bisects it: one item's fault is answered to
 * that item alone, and its neighbours are committed.
 */
export class Group<Item, Result> {
  private readonly waiting: Waiting<Item, Result>[] = [];
  private running = 0;

  constructor(
    private readonly commit: (items: readonly Item[]) => Promise<readonly Result[]>,
    private readonly options: GroupOptions<Item>,
  ) {}

  /** How many items wait for a commit or are in one. */
  get size(): number {
    return this.waiting.length + this.running;
  }

  /** How long the oldest item has waited for a commit to begin, in milliseconds. */
  get oldestWaitMs(): number {
    const [oldest] = this.waiting;
    return oldest ? performance.now() - oldest.since : 0;
  }

  add(item: Item): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      this.waiting.push({
        item,
        weight: this.options.weigh(item),
        since: performance.now(),
        resolve,
        reject,
      });
      if (this.running < this.options.parallel) queueMicrotask(() => void this.flush());
    });
  }

  private async flush(): Promise<void> {
    if (this.running >= this.options.parallel || this.waiting.length === 0) return;
    this.running += 1;
    try {
      while (this.waiting.length > 0) await this.settle(this.take());
    } finally {
      this.running -= 1;
    }
  }

  /** The next group: in order, but for items whose key is in it already. */
  private take(): Waiting<Item, Result>[] {
    const group: Waiting<Item, Result>[] = [];
    const rest: Waiting<Item, Result>[] = [];
    const keys = new Set<string>();
    let weight = 0;
    for (const [index, next] of this.waiting.entries()) {
      const key = this.options.keyOf?.(next.item);
      const isFull = group.length > 0 && weight + next.weight > this.options.maxWeight;
      if (group.length >= this.options.maxItems || isFull) {
        rest.push(...this.waiting.slice(index));
        break;
      }
      if (key !== undefined && keys.has(key)) {
        rest.push(next);
        continue;
      }
      if (key !== undefined) keys.add(key);
      weight += next.weight;
      group.push(next);
    }
    this.waiting.splice(0, this.waiting.length, ...rest);
    return group;
  }

  private async settle(group: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.commitAgain(group.map(({ item }) => item));
      group.forEach((waiting, index) => waiting.resolve(results[index] as Result));
    } catch (error) {
      if (isDataError(error) && group.length > 1) {
        const half = group.length >> 1;
        await this.settle(group.slice(0, half));
        await this.settle(group.slice(half));
      } else {
        for (const waiting of group) waiting.reject(error);
      }
    }
  }

  private async commitAgain(items: readonly Item[]): Promise<readonly Result[]> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.commit(items);
      } catch (error) {
        if (!isConflictOfTransactions(error) || tries >= conflictRetries) throw error;
      }
    }
  }
}
