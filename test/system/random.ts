import { seededRandom } from '../../sandbox/core/random.ts';

/** Numbers and choices that follow from a seed alone. */
export class Random {
  private readonly next: () => number;

  constructor(seed: number) {
    this.next = seededRandom(seed);
  }

  /** From 0 to `below`, without `below`. */
  whole(below: number): number {
    return Math.floor(this.next() * below);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.whole(items.length)] as T;
  }

  shuffle<T>(items: readonly T[]): T[] {
    const shuffled = [...items];
    for (let i = shuffled.length - 1; i > 0; i -= 1) {
      const j = this.whole(i + 1);
      [shuffled[i], shuffled[j]] = [shuffled[j] as T, shuffled[i] as T];
    }
    return shuffled;
  }
}

/** The seed that the environment asks for (SEED), else a new one: print it, so that a failure can be repeated. */
export function chooseSeed(): number {
  const asked = Number(process.env['SEED']);
  return Number.isInteger(asked) && asked > 0 ? asked : 1 + Math.floor(Math.random() * 999_999);
}
