import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { dues, live, withPolicy } from '../../../../test/support/dunning.js';
import { dunningPolicy } from './dunning.policy.js';

const ajv = new Ajv2020({ allErrors: true, strict: false });
formats.default(ajv);
const { schema, initial, check, decide } = dunningPolicy;
const valid = ajv.compile(schema);
const [first, second] = initial.steps as [(typeof initial.steps)[0], (typeof initial.steps)[0]];

describe('the policy of dunning', () => {
  it('ships whole, and not live', () => {
    valid(initial);
    expect(valid.errors).toBeNull();
    expect(check!(initial)).toEqual([]);
    expect(decide!(initial, dues({}))).toEqual({ outcome: 'not-live' });
  });

  it('decides again as it was decided', () => {
    expect(decide!(live, dues({ now: '2026-11-18T12:00Z' }))).toMatchObject({
      outcome: 'remind',
      step: 'first',
    });
  });

  it.each([
    { goingLive: { backlog: 'some' } },
    { goingLive: { backlog: { since: '2026-02-30' } } },
    { goingLive: { accountingRemindersOff: 'yes' } },
    { steps: [] },
    { steps: [{ ...first, name: 'hand-over' }] },
    { steps: [{ ...first, channel: 'sms' }] },
    { steps: [{ ...first, afterDays: 0 }] },
    { quietHours: { from: '17:00', until: '24:00', workingDaysOf: null } },
    { stop: { ...initial.stop, customers: ['c1'] } },
    { stop: { ...initial.stop, minimum: { pounds: 5 } } },
    { cap: { messages: 0, days: 7 } },
    { more: true },
  ])('refuses %j', (part) => {
    expect(valid({ ...initial, ...part })).toBe(false);
  });

  it.each([
    [{ steps: [second, first] }, 'each step must come after the one before it'],
    [{ handOver: { afterDays: 20, to: null } }, 'the hand-over after all of them'],
    [{ steps: [first, { ...second, name: 'first' }] }, 'two steps have the same name'],
    [{ goingLive: { backlog: 'none' } }, 'needs the day of going live'],
    [{ zones: { default: 'issuer', ofCountry: { DE: 'Berlin' } } }, 'Berlin is no time zone'],
    [{ languages: { default: 'english language', ofCountry: {} } }, 'english language is no language'],
  ] as const)('says what is wrong with %j', (part, problem) => {
    const policy = withPolicy(part);
    expect(valid(policy)).toBe(true);
    expect(check!(policy).join('; ')).toContain(problem);
  });
});
