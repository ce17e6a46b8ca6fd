import { describe, expect, it } from 'vitest';
import { differing } from './deal-change.js';

describe('what an update of a deal writes', () => {
  it.each([
    ['closedwon', 'closedwon', false],
    ['closedwon', 'closedlost', true],
    ['', null, false],
    ['', 'x', true],
    ['x', null, true],
    ['1500', '1500.00', false],
    ['1500', '1500.01', true],
    ['-1', '1', true],
    ['2026-12-24', '2026-12-24T00:00:00.000Z', false],
    ['2026-12-24T00:00:00Z', '2026-12-24T00:00:00.000Z', false],
    ['1798070400000', '2026-12-24T00:00:00.000Z', false],
    ['2026-12-25', '2026-12-24T00:00:00.000Z', true],
    ['007', '7', true],
    ['2026-99-99', '2026-99-98', true],
  ])('%j where %j is held: %s', (wanted, held, isWritten) => {
    expect(differing({ name: wanted }, { name: held })).toEqual(isWritten ? { name: wanted } : {});
  });
});
