import { asArray, asObject } from './json.ts';

type Tally = { created: number; updated: number };

export type EffectSummary = {
  created: number;
  /** Writes that changed at least one value. */
  updated: number;
  /** Writes that changed nothing: what an effect applied twice looks like from the provider's side. */
  unchangedWrites: number;
  /** Keys created more than once. */
  duplicates: string[];
  /** Keys that more than one live object has right now. */
  shared: string[];
  byKey: Record<string, Tally>;
};

/** Counts the business effects of API writes on one kind of object; a person's changes are not counted. */
export class EffectCounter {
  private created = 0;
  private updated = 0;
  private unchangedWrites = 0;
  private readonly tallies = new Map<string, Tally>();

  countCreated(key: string): void {
    this.created += 1;
    this.tally(key).created += 1;
  }

  countUpdated(key: string): void {
    this.updated += 1;
    this.tally(key).updated += 1;
  }

  countUnchanged(): void {
    this.unchangedWrites += 1;
  }

  summary(shared: string[]): EffectSummary {
    const { created, updated, unchangedWrites } = this;
    const duplicates = [...this.tallies].filter(([, tally]) => tally.created > 1).map(([key]) => key);
    return {
      created,
      updated,
      unchangedWrites,
      duplicates,
      shared,
      byKey: Object.fromEntries(this.tallies),
    };
  }

  clear(): void {
    this.created = this.updated = this.unchangedWrites = 0;
    this.tallies.clear();
  }

  snapshot(): unknown {
    const { created, updated, unchangedWrites } = this;
    return { created, updated, unchangedWrites, tallies: [...this.tallies] };
  }

  restore(snapshot: unknown): void {
    const kept = asObject(snapshot);
    this.created = Number(kept['created']);
    this.updated = Number(kept['updated']);
    this.unchangedWrites = Number(kept['unchangedWrites']);
    for (const entry of asArray(kept['tallies'])) {
      const [key, tally] = asArray(entry);
      const { created, updated } = asObject(tally);
      this.tallies.set(String(key), { created: Number(created), updated: Number(updated) });
    }
  }

  private tally(key: string): Tally {
    let tally = this.tallies.get(key);
    if (!tally) this.tallies.set(key, (tally = { created: 0, updated: 0 }));
    return tally;
  }
}
