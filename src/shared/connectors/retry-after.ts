const mostMs = 3_600_000;

/**
 * The pause that an answer asks for by `Retry-After` (RFC 9110, 10.2.3), an hour at the most: seconds, or a date, which
 * is compared with the answer's own `Date` and ignored without one.
 * @param headers by lower-case name
 */
export function retryAfterMs(headers: Readonly<Record<string, string>>): number | undefined {
  const text = headers['retry-after']?.trim();
  if (!text) return undefined;
  if (/^\d{1,9}$/.test(text)) return Math.min(Number(text) * 1_000, mostMs);
  const waitMs = Date.parse(text) - Date.parse(headers['date'] ?? '');
  return Number.isNaN(waitMs) ? undefined : Math.min(Math.max(waitMs, 0), mostMs);
}
