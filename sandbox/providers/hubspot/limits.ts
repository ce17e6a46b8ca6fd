import { RollingWindow } from '../../core/rolling-window.ts';
import type { Policy } from './errors.ts';
import type { HubspotSettings } from './settings.ts';

const WINDOW_MS = 10_000;
const DAY_MS = 86_400_000;

/** HubSpot's three limits. Search has its own per-second limit and no part in the ten-second one. */
export class Limits {
  private readonly settings: HubspotSettings;
  private readonly rolling = new RollingWindow(WINDOW_MS);
  private readonly searches = new RollingWindow(1_000);
  private day = 0;
  private today = 0;

  constructor(settings: HubspotSettings) {
    this.settings = settings;
  }

  /** Counts the call, or names the policy that refuses it; a refused call is not counted. */
  admit(isSearch: boolean, now: number): Policy | undefined {
    this.turnDay(now);
    if (this.today >= this.settings.dailyLimit) return 'DAILY';
    const [window, limit] = isSearch
      ? [this.searches, this.settings.searchRate]
      : [this.rolling, this.settings.rate];
    if (window.count(now) >= limit) return isSearch ? 'SECONDLY' : 'TEN_SECONDLY_ROLLING';
    window.add(now);
    this.today += 1;
    return undefined;
  }

  headers(now: number): Record<string, string> {
    const { rate, dailyLimit } = this.settings;
    return {
      'X-HubSpot-RateLimit-Max': String(rate),
      'X-HubSpot-RateLimit-Remaining': String(Math.max(0, rate - this.rolling.count(now))),
      'X-HubSpot-RateLimit-Interval-Milliseconds': String(WINDOW_MS),
      'X-HubSpot-RateLimit-Daily': String(dailyLimit),
      'X-HubSpot-RateLimit-Daily-Remaining': String(Math.max(0, dailyLimit - this.today)),
    };
  }

  clear(): void {
    this.rolling.clear();
    this.searches.clear();
    this.today = 0;
  }

  private turnDay(now: number): void {
    const day = Math.floor(now / DAY_MS);
    if (day === this.day) return;
    this.day = day;
    this.today = 0;
  }
}
