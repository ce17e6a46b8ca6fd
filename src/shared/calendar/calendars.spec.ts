import { expect, it } from 'vitest';
import type { PolicyStore } from '../policies/policy-store.js';
import { Calendars } from './calendars.js';
import { calendarsPolicy } from './calendars.policy.js';

it('calendars are found by their name, or are the default one', async () => {
  const body = calendarsPolicy.initial;
  const store = { active: async () => ({ name: 'calendars', version: 1, body }) } as unknown as PolicyStore;
  const calendars = new Calendars(store);
  expect(await calendars.get()).toBe(body.calendars['office']);
  expect(await calendars.get('always')).toBe(body.calendars['always']);
  for (const name of ['support', 'constructor'])
    await expect(calendars.get(name)).rejects.toMatchObject({
      code: 'CALENDAR.UNKNOWN',
      details: { calendar: name },
    });
});
