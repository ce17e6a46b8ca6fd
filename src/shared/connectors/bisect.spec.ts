import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bisect } from './bisect.js';

const refused = new Error('refused');

/** Refuses any batch that holds a guilty item. */
function provider(guilty: ReadonlySet<number>) {
  const calls: number[] = [];
  const run = async (items: readonly number[]) => {
    calls.push(items.length);
    if (items.some((item) => guilty.has(item))) throw refused;
    return items.map((item) => ({ value: item }));
  };
  return { calls, run };
}

describe('bisect', () => {
  it('one guilty item of a hundred is found in about 2·log2(n) calls and its neighbours succeed', async () => {
    const { calls, run } = provider(new Set([37]));
    const items = Array.from({ length: 100 }, (_, index) => index);
    const settled = await bisect(items, run, () => true);
    expect(settled).toEqual(items.map((item) => (item === 37 ? { error: refused } : { value: item })));
    expect(calls.length).toBeLessThanOrEqual(15);
  });

  it('exactly the guilty fail, wherever they are, and every outcome stands at its item’s place', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.nat(1_000), { minLength: 1, maxLength: 100 }),
        fc.uniqueArray(fc.nat(1_000)),
        async (items, bad) => {
          const guilty = new Set(bad);
          const settled = await bisect(items, provider(guilty).run, () => true);
          expect(settled).toEqual(
            items.map((item) => (guilty.has(item) ? { error: refused } : { value: item })),
          );
        },
      ),
    );
  });

  it('an error that blames no item is everybody’s after one call', async () => {
    const { calls, run } = provider(new Set([1]));
    expect(await bisect([1, 2, 3], run, () => false)).toEqual([1, 2, 3].map(() => ({ error: refused })));
    expect(calls).toEqual([3]);
  });
});
