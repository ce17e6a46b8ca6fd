import type { PolicyDefinition } from '../policies/policy.js';

/** When somebody is away: days of their zone, both included. */
export interface Absence {
  /** `2026-12-24` */
  readonly from: string;
  readonly until: string;
  /** Who stands in: the key of a person. Without one the person's own deputy. */
  readonly deputy?: string;
}

export interface Person {
  readonly name: string;
  readonly email?: string;
  readonly hubspotOwnerId?: string;
  readonly zendeskUserId?: string;
  readonly slackUserId?: string;
  /** Keys of persons. */
  readonly manager?: string;
  readonly deputy?: string;
  /** IANA name; UTC without one. */
  readonly zone?: string;
  readonly absences?: readonly Absence[];
}

export interface Team {
  readonly name: string;
  /** Keys of persons. */
  readonly members: readonly string[];
}

/** The policy `people`: who works here, by keys that never change. */
export interface PeoplePolicy {
  readonly people: Readonly<Record<string, Person>>;
  readonly teams?: Readonly<Record<string, Team>>;
  /** Who gets what belongs to nobody: the key of a person. */
  readonly fallback?: string;
}

const key = { type: 'string', pattern: '^[a-z][a-z0-9-]{0,62}$' };
const keys = { pattern: key.pattern };
const text = (maxLength: number) => ({ type: 'string', minLength: 1, maxLength });
const day = { type: 'string', format: 'date' };

const absence = {
  type: 'object',
  additionalProperties: false,
  required: ['from', 'until'],
  properties: { from: day, until: day, deputy: key },
};

const person = {
  type: 'object',
  additionalProperties: false,
  required: ['name'],
  properties: {
    name: text(200),
    email: { type: 'string', format: 'email', maxLength: 320 },
    hubspotOwnerId: { type: 'string', pattern: '^[0-9]{1,20}$' },
    zendeskUserId: { type: 'string', pattern: '^[0-9]{1,20}$' },
    slackUserId: { type: 'string', pattern: '^[UW][A-Z0-9]{2,30}$' },
    manager: key,
    deputy: key,
    zone: text(64),
    absences: { type: 'array', maxItems: 100, items: absence },
  },
};

const team = {
  type: 'object',
  additionalProperties: false,
  required: ['name', 'members'],
  properties: {
    name: text(200),
    members: { type: 'array', maxItems: 1_000, uniqueItems: true, items: key },
  },
};

const schema = {
  type: 'object',
  additionalProperties: false,
  required: ['people'],
  properties: {
    people: { type: 'object', maxProperties: 5_000, propertyNames: keys, additionalProperties: person },
    teams: { type: 'object', maxProperties: 500, propertyNames: keys, additionalProperties: team },
    fallback: key,
  },
};

/** Who works here. Shipped empty: without a fallback, what belongs to nobody is nobody's. */
export const peoplePolicy: PolicyDefinition<PeoplePolicy> = {
  name: 'people',
  title: 'People',
  schema,
  initial: { people: {} },
  check: problemsIn,
};

/** What the schema cannot say: keys that lead nowhere, one account of two people, days and zones that are none. */
function problemsIn({ people, teams = {}, fallback }: PeoplePolicy): string[] {
  const named: [place: string, key: string | undefined][] = [
    ['fallback', fallback],
    ...Object.entries(people).flatMap(([name, one]) => namesOf(name, one)),
    ...Object.entries(teams).flatMap(([name, { members }]) =>
      members.map((member): [string, string] => [`teams.${name}`, member]),
    ),
  ];
  const unknown = named
    .filter(([, name]) => name !== undefined && !Object.hasOwn(people, name))
    .map(([place, name]) => `${place} names ${name}, who is not among the people`);
  return [...unknown, ...sharedIn(people), ...Object.entries(people).flatMap(timeProblems)];
}

function namesOf(name: string, { manager, deputy, absences = [] }: Person): [string, string | undefined][] {
  return [
    [`${name}.manager`, manager],
    [`${name}.deputy`, deputy],
    ...absences.map((one, place): [string, string | undefined] => [`${name}.absences.${place}`, one.deputy]),
  ];
}

const accounts = ['email', 'hubspotOwnerId', 'zendeskUserId', 'slackUserId'] as const;

function sharedIn(people: Readonly<Record<string, Person>>): string[] {
  return accounts.flatMap((account) => {
    const seen = new Map<string, string>();
    return Object.entries(people).flatMap(([name, one]) => {
      const value = one[account]?.toLowerCase();
      if (value === undefined) return [];
      const other = seen.get(value);
      seen.set(value, name);
      return other === undefined ? [] : [`${other} and ${name} have the same ${account}`];
    });
  });
}

function timeProblems([name, { zone, absences = [] }]: [string, Person]): string[] {
  const late = absences
    .filter(({ from, until }) => until < from)
    .map(({ from }) => `${name}: an absence from ${from} ends before it begins`);
  return zone === undefined || isZone(zone) ? late : [...late, `${name}: ${zone} is no time zone`];
}

function isZone(zone: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: zone }));
  } catch {
    return false;
  }
}
