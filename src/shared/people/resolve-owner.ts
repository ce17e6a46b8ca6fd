import { Temporal } from 'temporal-polyfill';
import type { PeoplePolicy, Person } from './people-policy.js';

/** A person with the key by which others name them. */
export interface KeyedPerson extends Person {
  readonly key: string;
}

/** Whose work something is. */
export interface ResolvedOwner {
  /** Undefined for an owner of the CRM who is not among the people, and for nobody. */
  readonly person?: KeyedPerson;
  /** Undefined for a person without an account in the CRM, and for nobody. */
  readonly hubspotOwnerId?: string;
  /** `owner`: their own; `deputy`: the owner is away; `fallback`: nobody's, or of one who works here no more; `none`: nobody's. */
  readonly why: 'owner' | 'deputy' | 'fallback' | 'none';
}

export interface OwnerQuestion {
  /** As the record names its owner. */
  readonly hubspotOwnerId?: string;
  readonly now: Date;
  /** Whether the CRM knows an owner and has not deactivated them. */
  readonly isActive: (hubspotOwnerId: string) => Promise<boolean>;
}

/** So many deputies of deputies are asked, so that two who stand in for each other end. */
const mostDeputies = 5;

/**
 * Whose work a record is: its owner's; while they are away their deputy's; the fallback's when there is no such person,
 * when they were deactivated, or when nobody stands in. An owner who is away remains when there is nobody else.
 */
export async function resolveOwner(policy: PeoplePolicy, question: OwnerQuestion): Promise<ResolvedOwner> {
  const { hubspotOwnerId: id } = question;
  const owner =
    id && (await question.isActive(id)) ? { hubspotOwnerId: id, person: byOwnerId(policy, id) } : undefined;
  if (owner && !(owner.person && absenceOf(owner.person, question.now))) return { ...owner, why: 'owner' };
  const deputy = owner?.person && (await standIn(policy, owner.person, question));
  if (deputy) return { ...deputy, why: 'deputy' };
  const fallback = await fallbackOf(policy, question);
  if (fallback) return { ...fallback, why: 'fallback' };
  return owner ? { ...owner, why: 'owner' } : { why: 'none' };
}

/** Away on a day of their own zone. @returns the absence */
export function absenceOf({ zone = 'UTC', absences = [] }: Person, now: Date) {
  const today = Temporal.Instant.fromEpochMilliseconds(now.getTime())
    .toZonedDateTimeISO(zone)
    .toPlainDate()
    .toString();
  return absences.find(({ from, until }) => from <= today && today <= until);
}

export function personOf({ people }: PeoplePolicy, key: string): KeyedPerson | undefined {
  return Object.hasOwn(people, key) ? { key, ...(people[key] as Person) } : undefined;
}

function byOwnerId(policy: PeoplePolicy, id: string): KeyedPerson | undefined {
  const found = Object.entries(policy.people).find(([, { hubspotOwnerId }]) => hubspotOwnerId === id);
  return found && { key: found[0], ...found[1] };
}

async function fallbackOf(policy: PeoplePolicy, question: OwnerQuestion) {
  const person = policy.fallback === undefined ? undefined : personOf(policy, policy.fallback);
  if (!person) return undefined;
  const here = absenceOf(person, question.now) ? await standIn(policy, person, question) : undefined;
  return here ?? (await available(person, question));
}

/** Who stands in for somebody who is away, and is there themselves. */
async function standIn(policy: PeoplePolicy, away: KeyedPerson, question: OwnerQuestion) {
  let person = away;
  for (let asked = 0; asked < mostDeputies; asked += 1) {
    const key = absenceOf(person, question.now)?.deputy ?? person.deputy;
    const next = key === undefined ? undefined : personOf(policy, key);
    if (!next) return undefined;
    const there = absenceOf(next, question.now) ? undefined : await available(next, question);
    if (there) return there;
    person = next;
  }
  return undefined;
}

/** With their account of the CRM; undefined when that was deactivated. */
async function available(person: KeyedPerson, { isActive }: OwnerQuestion) {
  const { hubspotOwnerId } = person;
  if (hubspotOwnerId === undefined) return { person };
  return (await isActive(hubspotOwnerId)) ? { person, hubspotOwnerId } : undefined;
}
