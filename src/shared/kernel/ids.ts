import { randomUUIDv7 } from 'node:crypto';

/** A UUID of version 7 (RFC 9562): its first 48 bits are the time in ms, so that rows sort by creation. */
export function newId(): string {
  return randomUUIDv7();
}

/** The smallest UUIDv7 of an instant: a partition's bound, or the start of a time range over ids. */
export function firstIdAt(time: Date): string {
  const ms = time.getTime().toString(16).padStart(12, '0');
  return `${ms.slice(0, 8)}-${ms.slice(8, 12)}-0000-0000-000000000000`;
}

/** When a UUIDv7 was made, to the millisecond. */
export function timeOfId(id: string): Date {
  return new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16));
}
