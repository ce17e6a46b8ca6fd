const firstMs = 300_000;
const longestMs = 4 * 3_600_000;

/**
 * How long to wait after a server asked to try again later: five minutes, which greylisting wants, then twice as long
 * each time, four hours at the most (RFC 5321, 4.5.4.1, asks for half an hour between attempts that go on for days).
 * @param attempt the first is 1
 */
export function deferralMs(attempt: number): number {
  return Math.min(firstMs * 2 ** (Math.max(1, attempt) - 1), longestMs);
}
