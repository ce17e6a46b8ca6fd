import { isTimeZone } from '../../../shared/calendar/zones.js';
import type { PolicyDefinition } from '../../../shared/policies/policy.js';
import type { DuesInput } from '../domain/dues.js';
import type { DunningPolicy } from '../domain/dunning-policy.js';
import { isLive, planReminder } from '../domain/plan-reminder.js';
import { dunningSchema } from './dunning.schema.js';
import { zonesOfCountries } from './zones-of-countries.js';

/**
 * When, how and how often customers are reminded of what is overdue. Shipped as three reminders in four weeks and then a
 * person; nothing is sent before somebody has answered what going live asks.
 */
export const dunningPolicy: PolicyDefinition<DunningPolicy, DuesInput> = {
  name: 'dunning',
  title: 'Dunning',
  schema: dunningSchema,
  check: (policy) => [...scheduleProblems(policy), ...goingLiveProblems(policy), ...namingProblems(policy)],
  decide: (policy, input) => (isLive(policy) ? planReminder(policy, input) : { outcome: 'not-live' }),
  initial: {
    goingLive: {},
    steps: [
      { name: 'first', afterDays: 3, channel: 'mail', tone: 'friendly', template: 'overdue-friendly' },
      { name: 'second', afterDays: 10, channel: 'mail', tone: 'firm', template: 'overdue-firm' },
      { name: 'third', afterDays: 20, channel: 'mail', tone: 'final', template: 'overdue-final' },
    ],
    handOver: { afterDays: 28, to: null },
    graceDays: 3,
    cap: { messages: 2, days: 7 },
    quietHours: { from: '17:00', until: '09:00', workingDaysOf: 'office' },
    zones: { default: 'issuer', ofCountry: zonesOfCountries },
    languages: { default: 'en', ofCountry: { AT: 'de', CH: 'de', DE: 'de', LI: 'de' } },
    stop: { minimum: {}, currencies: null, customers: [] },
    lookAgainDays: 1,
  },
};

function scheduleProblems({ steps, handOver }: DunningPolicy): string[] {
  const after = [...steps.map(({ afterDays }) => afterDays), handOver.afterDays];
  const names = steps.map(({ name }) => name);
  return [
    ...(after.every((days, place) => days > (after[place - 1] ?? 0))
      ? []
      : ['each step must come after the one before it, and the hand-over after all of them']),
    ...(new Set(names).size === names.length ? [] : ['two steps have the same name']),
  ];
}

function goingLiveProblems({ goingLive: { on, backlog } }: DunningPolicy): string[] {
  const isUnknown = backlog === 'none' && on === undefined;
  return isUnknown ? ['the backlog "none" needs the day of going live in goingLive.on'] : [];
}

function namingProblems({ zones, languages }: DunningPolicy): string[] {
  const tags = [languages.default, ...Object.values(languages.ofCountry)];
  return [
    ...Object.values(zones.ofCountry)
      .filter((zone) => !isTimeZone(zone))
      .map((zone) => `${zone} is no time zone`),
    ...tags.filter((tag) => !isLanguage(tag)).map((tag) => `${tag} is no language`),
  ];
}

function isLanguage(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}
