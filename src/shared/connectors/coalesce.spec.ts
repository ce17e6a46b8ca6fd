import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Coalescer, type BatchOptions } from './coalesce.js';
import type { Settled } from './settled.js';

type Run = BatchOptions<number, string>['run'];

/** A coalescer whose calls are recorded and answered with each item's text. */
function recording(options: Partial<BatchOptions<number, string>> = {}, answer?: Run) {
  const calls: number[][] = [];
  const run: Run = async (items, signal) => {
    calls.push([...items]);
    return answer ? answer(items, signal) : items.map((item) => ({ value: String(item) }));
  };
  return { calls, coalescer: new Coalescer<number, string>({ max: 100, ...options, run }) };
}

const range = (length: number): number[] => Array.from({ length }, (_, index) => index);

describe('Coalescer', () => {
  it('what arrives together shares one call, each with its own answer', async () => {
    const { calls, coalescer } = recording();
    expect(await Promise.all(range(5).map((item) => coalescer.add(item)))).toEqual(['0', '1', '2', '3', '4']);
    expect(calls).toEqual([[0, 1, 2, 3, 4]]);
  });

  it('what arrives in the following turns still joins', async () => {
    const { calls, coalescer } = recording();
    const late = turn().then(() => coalescer.add(2));
    await Promise.all([coalescer.add(1), late]);
    expect(calls).toEqual([[1, 2]]);
  });

  it('a full call leaves at once, the rest follows', async () => {
    const { calls, coalescer } = recording({ max: 100 });
    const added = Promise.all(range(250).map((item) => coalescer.add(item)));
    expect(calls.map(({ length }) => length)).toEqual([100, 100]);
    expect(await added).toHaveLength(250);
    expect(calls.map(({ length }) => length)).toEqual([100, 100, 50]);
  });

  it('a key is in flight at most once, and holds no other key up', async () => {
    const finish: Array<() => void> = [];
    const { calls, coalescer } = recording({ keyOf: (item) => String(item % 10) }, async (items) => {
      await new Promise<void>((resolve) => finish.push(resolve));
      return items.map((item) => ({ value: String(item) }));
    });
    const added = [1, 2, 11, 12, 3].map((item) => coalescer.add(item));
    for (let turns = 0; turns < 5; turns += 1) await turn();
    expect(calls).toEqual([[1, 2, 3]]);
    finish[0]?.();
    await added[0];
    for (let turns = 0; turns < 5; turns += 1) await turn();
    expect(calls).toEqual([
      [1, 2, 3],
      [11, 12],
    ]);
    finish[1]?.();
    expect(await Promise.all(added)).toEqual(['1', '2', '11', '12', '3']);
  });

  it('while as many calls are in flight as may be, items gather', async () => {
    let finish = (): void => undefined;
    const first = new Promise<void>((resolve) => (finish = resolve));
    const { calls, coalescer } = recording({ concurrency: 1 }, async (items) => {
      await first;
      return items.map((item) => ({ value: String(item) }));
    });
    const one = coalescer.add(1);
    for (let turns = 0; turns < 5; turns += 1) await turn();
    const others = [2, 3].map(async (item) => (await turn(), coalescer.add(item)));
    for (let turns = 0; turns < 5; turns += 1) await turn();
    finish();
    await Promise.all([one, ...others]);
    expect(calls).toEqual([[1], [2, 3]]);
  });

  it('an error of one item is no other item’s, and what a call throws is everybody’s', async () => {
    const odd = (item: number): Settled<string> =>
      item % 2 ? { error: new Error('odd') } : { value: 'even' };
    const { coalescer } = recording({}, async (items) => items.map(odd));
    const settled = await Promise.allSettled([1, 2].map((item) => coalescer.add(item)));
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    const broken = recording({}, () => Promise.reject(new Error('down'))).coalescer;
    const all = await Promise.allSettled([1, 2].map((item) => broken.add(item)));
    expect(all.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });

  it('a call that forgets an item fails that item', async () => {
    const { coalescer } = recording({}, async () => [{ value: 'one' }]);
    const settled = await Promise.allSettled([1, 2].map((item) => coalescer.add(item)));
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  });

  it('an aborted item is left out of a call that has not begun', async () => {
    const { calls, coalescer } = recording();
    const controller = new AbortController();
    const aborted = coalescer.add(1, controller.signal);
    const other = coalescer.add(2);
    controller.abort(new Error('lease lost'));
    await expect(aborted).rejects.toThrow('lease lost');
    await other;
    expect(calls).toEqual([[2]]);
    await expect(coalescer.add(3, controller.signal)).rejects.toThrow('lease lost');
  });

  it('a call is aborted when nobody waits for it any more', async () => {
    const seen: AbortSignal[] = [];
    const { coalescer } = recording({}, (_, signal) => (seen.push(signal), new Promise(() => undefined)));
    const [one, two] = [new AbortController(), new AbortController()];
    const waiting = Promise.allSettled([coalescer.add(1, one.signal), coalescer.add(2, two.signal)]);
    for (let turns = 0; turns < 5; turns += 1) await turn();
    one.abort();
    expect(seen[0]?.aborted).toBe(false);
    two.abort();
    expect(seen[0]?.aborted).toBe(true);
    await waiting;
  });
});
