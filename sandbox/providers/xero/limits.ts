import { RollingWindow } from '../../core/rolling-window.ts';
import type { XeroSettings } from './settings.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

export type LimitProblem = 'minute' | 'day' | 'concurrent' | 'appminute';

/** Xero's limits: per organisation in a minute, in a day and at once, and per app in a minute. */
export class Limits {
  private readonly settings: XeroSettings;
  private readonly minute = new RollingWindow(MINUTE_MS);
  private readonly appMinute = new RollingWindow(MINUTE_MS);
  private day = 0;
  private today = 0;
  private running = 0;

  constructor(settings: XeroSettings) {
    this.settings = settings;
  }

  /** Counts the call until `leave`, or names the limit that refuses it; a refused call is not counted. */
  enter(now: number): LimitProblem | undefined {
    this.turnDay(now);
    const { settings } = this;
    if (this.running >= settings.concurrent) return 'concurrent';
    if (this.today >= settings.dayLimit) return 'day';
    if (this.minute.count(now) >= settings.minuteLimit) return 'minute';
    if (this.appMinute.count(now) >= settings.appMinuteLimit) return 'appminute';
    this.minute.add(now);
    this.appMinute.add(now);
    this.today += 1;
    this.running += 1;
    return undefined;
  }

  leave(): void {
    this.running = Math.max(0, this.running - 1);
  }

  headers(now: number): Record<string, string> {
    const { minuteLimit, dayLimit, appMinuteLimit } = this.settings;
    return {
      'X-MinLimit-Remaining': String(Math.max(0, minuteLimit - this.minute.count(now))),
      'X-DayLimit-Remaining': String(Math.max(0, dayLimit - this.today)),
      'X-AppMinLimit-Remaining': String(Math.max(0, appMinuteLimit - this.appMinute.count(now))),
    };
  }

  clear(): void {
    this.minute.clear();
    this.appMinute.clear();
    this.today = 0;
  }

  private turnDay(now: number): void {
    const day = Math.floor(now / DAY_MS);
    if (day === this.day) return;
    this.day = day;
    this.today = 0;
  }
}

/** How a refusal reads: seconds to wait, but for calls at once, of which nobody knows when they end. */
export function limitHeaders(problem: LimitProblem, now: number): Record<string, string> {
  const headers: Record<string, string> = { 'X-Rate-Limit-Problem': problem };
  if (problem === 'day') headers['Retry-After'] = String(Math.ceil((DAY_MS - (now % DAY_MS)) / 1_000));
  else if (problem !== 'concurrent') headers['Retry-After'] = '27';
  return headers;
}
