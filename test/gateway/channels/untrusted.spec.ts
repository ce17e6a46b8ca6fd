import { describe, expect, it } from 'vitest';
import { idOf, lineOf, unreadable } from '../../../src/modules/intake/channels/untrusted.js';

describe('values from outside', () => {
  it.each([
    [7, '7'],
    ['a-B_1.2:3', 'a-B_1.2:3'],
    ['x'.repeat(64), 'x'.repeat(64)],
    ['x'.repeat(65), undefined],
    [2 ** 53 - 1, '9007199254740991'],
    [2 ** 53, undefined],
    [-1, undefined],
    [1.5, undefined],
    ['', undefined],
    ['a b', undefined],
    ['a\n', undefined],
    ['é', undefined],
    [null, undefined],
    [{}, undefined],
  ])('%j is the id %j', (value, id) => expect(idOf(value)).toBe(id));

  it.each([
    ['plain', 9, 'plain'],
    ['too long', 3, 'too'],
    ['a\u0000b\nc', 9, 'a\ufffdb\ufffdc'],
    ['a\ud800', 9, 'a\ufffd'],
    // Cut in the middle of a pair.
    ['a\u{1f600}', 2, 'a\ufffd'],
    ['', 9, undefined],
    [1, 9, undefined],
  ])('%j in %i characters is the line %j', (value, max, line) => expect(lineOf(value, max)).toBe(line));

  it('that cannot be read are told apart by a hash, and not shown', () => {
    const [one, same, other] = ['secret', 'secret', 'else'].map((value) =>
      unreadable({ value }, 'It is odd.'),
    );
    expect(one?.key).toBe(same?.key);
    expect(one?.key).not.toBe(other?.key);
    expect(JSON.stringify([one, one?.rejected?.message])).not.toContain('secret');
    expect(unreadable(undefined, 'It is not there.').key).toMatch(/^unreadable:/);
  });
});
