import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { calendarsPolicy } from './calendars.policy.js';

const { schema, initial, check } = calendarsPolicy;
const valid = new Ajv2020({ allErrors: true, strict: false }).compile(schema);
const withOffice = (part: object) => ({
  ...initial,
  calendars: { office: { ...initial.calendars['office']!, ...part } },
});

describe('the policy of calendars', () => {
  it('ships with calendars that are ones', () => {
    valid(initial);
    expect(valid.errors).toBeNull();
    expect(check!(initial)).toEqual([]);
  });

  it.each([
    { hours: { monday: [] } },
    { hours: { mon: [['9:00', '17:00']] } },
    { hours: { mon: [['24:00', '24:00']] } },
    { hours: { mon: [['09:00']] } },
    { holidays: [{ day: '25.12.', name: 'Christmas Day' }] },
    { zone: 7 },
  ])('refuses %j', (part) => {
    expect(valid(withOffice(part))).toBe(false);
  });

  it('says which calendar is none, and that the default one is not there', () => {
    const wrong = { ...withOffice({ zone: 'Mars/Base' }), default: 'support' };
    expect(valid(wrong)).toBe(true);
    expect(check!(wrong)).toEqual(['there is no calendar support', 'office: Mars/Base is no time zone']);
  });
});
