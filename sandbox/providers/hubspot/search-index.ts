export type Indexed = { id: string; values: ReadonlyMap<string, string> };

/** The longest lag that can be set. */
export const MAX_LAG_MS = 60_000;

const TIDY_EVERY = 5_000;

type Pending = { id: string; at: number; values: ReadonlyMap<string, string> | undefined };

/** What search knows: records as they were before the index lag. Order is that of first appearance. */
export class SearchIndex {
  private readonly visible = new Map<string, ReadonlyMap<string, string>>();
  private pending: Pending[] = [];

  /** A write happened; `values` is undefined when the record is gone. */
  note(id: string, at: number, values: ReadonlyMap<string, string> | undefined): void {
    this.pending.push({ id, at, values });
    if (this.pending.length % TIDY_EVERY === 0) this.catchUp(at - MAX_LAG_MS);
  }

  /** Everything written at least `lagMs` before `now`. */
  *at(now: number, lagMs: number): Generator<Indexed> {
    this.catchUp(now - lagMs);
    for (const [id, values] of this.visible) yield { id, values };
  }

  clear(): void {
    this.visible.clear();
    this.pending = [];
  }

  private catchUp(until: number): void {
    let done = 0;
    for (const { id, at, values } of this.pending) {
      if (at > until) break;
      done += 1;
      if (values) this.visible.set(id, values);
      else this.visible.delete(id);
    }
    if (done > 0) this.pending = this.pending.slice(done);
  }
}
