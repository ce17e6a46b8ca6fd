const DAY = /^(\d{4})-(\d{2})-(\d{2})/;
const MS_DATE = /^\/Date\((-?\d+)(?:[+-]\d{4})?\)\/$/;

/** `/Date(1793404800000+0000)/`: how Xero writes times in JSON. */
export const msDate = (ms: number): string => `/Date(${ms}+0000)/`;

/** Midnight of a calendar date, in UTC whatever the organisation's zone. */
export const dayMs = (day: string): number => Date.parse(`${day}T00:00:00Z`);

export const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** `2026-11-20`, with a time or without, or `/Date(…)/`; undefined for anything else. */
export function readDay(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const ms = MS_DATE.exec(value)?.[1];
  if (ms !== undefined) return dayOf(Number(ms));
  const day = DAY.exec(value)?.[0];
  return day !== undefined && !Number.isNaN(dayMs(day)) ? day : undefined;
}

/** A time of the header If-Modified-Since: UTC, also when it does not say so. */
export function readSince(value: unknown): number | undefined {
  if (typeof value !== 'string' || value === '') return undefined;
  const text = /^\d{4}-\d{2}-\d{2}(T[\d:.]+)?$/.test(value) ? `${value.padEnd(11, 'T00:00')}Z` : value;
  const ms = Date.parse(text.replace('T00:00Z', 'T00:00:00Z'));
  return Number.isNaN(ms) ? undefined : ms;
}

/** `2026-11-20T11:59:57.123`: how webhooks write times, in UTC without a zone. */
export const webhookTime = (ms: number): string => new Date(ms).toISOString().replace('Z', '');
