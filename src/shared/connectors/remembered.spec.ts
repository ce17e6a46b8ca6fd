import { describe, expect, it } from 'vitest';
import { Remembered } from './remembered.js';

describe('what is remembered', () => {
  it('is asked for once while it is kept, also by those who ask at the same time', async () => {
    let now = 0;
    let asked = 0;
    const answers = new Remembered<number>(1_000, 10, () => now);
    const ask = async (): Promise<number> => (asked += 1);
    expect(await Promise.all([answers.get('a', ask), answers.get('a', ask)])).toEqual([1, 1]);
    now = 999;
    expect(await answers.get('a', ask)).toBe(1);
    expect(await answers.get('b', ask)).toBe(2);
    now = 1_000;
    expect(await answers.get('a', ask)).toBe(3);
  });

  it('does not keep a failure', async () => {
    const answers = new Remembered<number>(1_000);
    await expect(answers.get('a', async () => Promise.reject(new Error('away')))).rejects.toThrow('away');
    expect(await answers.get('a', async () => 1)).toBe(1);
  });

  it('forgets the oldest when there are too many', async () => {
    const answers = new Remembered<number>(1_000, 2);
    for (const [index, key] of ['a', 'b', 'c'].entries()) await answers.get(key, async () => index);
    expect(await answers.get('b', async () => 9)).toBe(1);
    expect(await answers.get('a', async () => 9)).toBe(9);
  });
});
