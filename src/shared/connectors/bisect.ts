import type { Settled } from './settled.js';

/**
 * Makes a batch call and, when the provider refuses the whole batch for what is in it, halves the batch until the
 * guilty items stand alone: about `2·log2(n)` calls for one guilty item, none more when there is none.
 *
 * @param run answers one outcome for each item; throws when the call as a whole failed
 * @param blamesItems whether a whole call's error is about what is in it; any other error is every item's outcome
 */
export async function bisect<In, Out>(
  items: readonly In[],
  run: (items: readonly In[]) => Promise<readonly Settled<Out>[]>,
  blamesItems: (error: unknown) => boolean,
): Promise<readonly Settled<Out>[]> {
  try {
    return await run(items);
  } catch (error) {
    if (items.length < 2 || !blamesItems(error)) return items.map(() => ({ error }));
  }
  const middle = items.length >> 1;
  const first = await bisect(items.slice(0, middle), run, blamesItems);
  const second = await bisect(items.slice(middle), run, blamesItems);
  return [...first, ...second];
}
