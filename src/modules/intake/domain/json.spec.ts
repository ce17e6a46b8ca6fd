import { describe, expect, it } from 'vitest';
import { isObject, listOf, objectOf, textOf } from './json.js';

describe('a value of JSON', () => {
  it.each([[[]], [null], [undefined], ['text'], [1]])('%j is no object', (value) => {
    expect(isObject(value)).toBe(false);
    expect(objectOf(value)).toEqual({});
  });

  it('is what it is', () => {
    expect(objectOf({ a: 1 })).toEqual({ a: 1 });
    expect([listOf([1]), listOf({})]).toEqual([[1], []]);
    expect([textOf('a'), textOf(1)]).toEqual(['a', '']);
  });
});
