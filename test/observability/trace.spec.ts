import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  childOf,
  newTraceparent,
  parseTraceparent,
  traceIdOf,
} from '../../src/shared/observability/trace.js';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const valid = `00-${traceId}-00f067aa0ba902b7-01`;

describe('traceparent', () => {
  it('is read as W3C Trace Context defines it', () => {
    expect(parseTraceparent(valid)).toEqual({ traceId, parentId: '00f067aa0ba902b7', sampled: true });
    expect(parseTraceparent(`cc-${traceId}-00f067aa0ba902b7-00-what-comes-later`)?.sampled).toBe(false);
  });

  it.each([
    undefined,
    '',
    `ff-${traceId}-00f067aa0ba902b7-01`,
    `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
    `00-${traceId.toUpperCase()}-00f067aa0ba902b7-01`,
    `${valid}-more`,
    `${valid}${' '.repeat(600)}`,
  ])('is none when it is wrong: %s', (header) => {
    expect(parseTraceparent(header)).toBeUndefined();
    expect(traceIdOf(childOf(header))).toMatch(/^[0-9a-f]{32}$/);
  });

  it('a child has the trace, the sampling, and a span of its own', () => {
    const child = childOf(valid);
    expect(traceIdOf(child)).toBe(traceId);
    expect(child).not.toBe(valid);
    expect(parseTraceparent(childOf(valid.replace(/01$/, '00')))?.sampled).toBe(false);
    expect(parseTraceparent(newTraceparent())?.sampled).toBe(true);
  });

  it('any text leads to a valid one', () => {
    fc.assert(fc.property(fc.string(), (text) => parseTraceparent(childOf(text)) !== undefined));
  });
});
