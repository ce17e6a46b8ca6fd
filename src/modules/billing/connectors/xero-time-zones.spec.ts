import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { isTimeZone } from '../../../shared/calendar/zones.js';
import { ianaZoneOf } from './xero-time-zones.js';

const { TimeZone } = createRequire(import.meta.url)('xero-node/dist/gen/model/accounting/timeZone.js') as {
  TimeZone: Record<string, string | number>;
};

describe('Xero’s zones', () => {
  const known = Object.keys(TimeZone).filter((name) => Number.isNaN(Number(name)));

  it('are all known, and lead to zones that this Node knows', () => {
    expect(known.length).toBeGreaterThan(130);
    const wrong = known.filter((name) => !isTimeZone(ianaZoneOf(name) ?? ''));
    expect(wrong).toEqual([]);
  });

  it.each([
    ['GMTSTANDARDTIME', 'Europe/London'],
    ['NEWZEALANDSTANDARDTIME', 'Pacific/Auckland'],
    ['CENTRALSTANDARDTIME(MEXICO)', 'America/Mexico_City'],
    ['UTC+12', 'Etc/GMT-12'],
    ['UTC-11', 'Etc/GMT+11'],
    ['AUS Eastern Standard Time', 'Australia/Sydney'],
    ['Europe/London', undefined],
  ])('%s is %s', (name, zone) => {
    expect(ianaZoneOf(name)).toBe(zone);
  });
});
