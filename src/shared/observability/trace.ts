import { randomFillSync } from 'node:crypto';

/** A position in a trace (W3C Trace Context, level 1): `00-<trace id>-<span id>-<flags>`. */
export interface TraceContext {
  /** 32 hex digits. */
  readonly traceId: string;
  /** 16 hex digits: the caller's span. */
  readonly parentId: string;
  readonly sampled: boolean;
}

const pattern = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/**
 * Reads a `traceparent` header. What is not one is none, and the trace starts anew.
 * Versions above 00 are read as 00 (https://www.w3.org/TR/trace-context/#versioning-of-traceparent).
 */
export function parseTraceparent(header: string | undefined): TraceContext | undefined {
  if (header === undefined || header.length > 512) return undefined;
  const [, version, traceId = '', parentId = '', flags = '', rest] = pattern.exec(header.trim()) ?? [];
  if (version === undefined || version === 'ff' || (version === '00' && rest !== undefined)) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(parentId)) return undefined;
  return { traceId, parentId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/** The first position of a new trace. */
export function newTraceparent(): string {
  return format(randomHex(16), true);
}

/** A new span within the same trace; a new trace when the parent is none. */
export function childOf(traceparent: string | undefined): string {
  const parent = parseTraceparent(traceparent);
  return parent ? format(parent.traceId, parent.sampled) : newTraceparent();
}

/** The trace that a position belongs to. */
export function traceIdOf(traceparent: string | undefined): string | undefined {
  return parseTraceparent(traceparent)?.traceId;
}

function format(traceId: string, sampled: boolean): string {
  return `00-${traceId}-${randomHex(8)}-${sampled ? '01' : '00'}`;
}

const pool = Buffer.alloc(4_096);
let used = pool.length;

/** Random bytes as hex, from random bytes that were fetched in bulk: an id for each request is made often. */
function randomHex(bytes: number): string {
  if (used + bytes > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += bytes;
  return pool.toString('hex', used - bytes, used);
}
