import type { ContactUpsertResult } from '../contracts.js';
import type { ContactWish, WantedProperty } from './contact-wish.js';

/** One version of a property's value. */
export interface ValueVersion {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly byPerson: boolean;
}

/** A contact as the CRM holds it, as far as it was read. */
export interface ContactRecord {
  readonly id: string;
  readonly values: Readonly<Record<string, string | null | undefined>>;
  /** By property; absent when it was not read. */
  readonly history?: Readonly<Record<string, readonly ValueVersion[]>>;
}

/** What would be done for a wish: decided from what the CRM holds, carried out as it is. */
export interface ContactPlan {
  readonly wish: ContactWish;
  readonly action: 'create' | 'update' | 'unchanged';
  /** The contact that is there; absent for `create`. */
  readonly contactId?: string;
  /** Exactly what is written. */
  readonly properties: Readonly<Record<string, string>>;
  /** Properties that were wanted and are not written, with the reason. */
  readonly kept: Readonly<Record<string, string>>;
}

/** The id in the answer of a step that would create a contact and, in shadow mode, did not. */
export const notCreated = 'not-created';

/** What a wish comes to, given the contact that was found. An `update` is final only if the history was read. */
export function planContact(wish: ContactWish, record: ContactRecord | undefined): ContactPlan {
  if (!record) return { wish, action: 'create', properties: propertiesOfNew(wish), kept: wish.kept };
  const properties: Record<string, string> = {};
  const kept: Record<string, string> = { ...wish.kept };
  const decide = (name: string, value: string, reason: string | undefined): void => {
    if ((record.values[name] ?? '') === value) return;
    if (reason) kept[name] = reason;
    else properties[name] = value;
  };
  for (const [name, wanted] of Object.entries(wish.properties)) {
    decide(name, wanted.value, whyKept(wanted, name, record, wish));
  }
  if (wish.lifecycle) {
    const { property, initial } = wish.lifecycle;
    decide(property, initial, whyStageKept(wish, record));
  }
  const action = Object.keys(properties).length > 0 ? 'update' : 'unchanged';
  return { wish, action, contactId: record.id, properties, kept };
}

function propertiesOfNew({ email, phone, properties, lifecycle }: ContactWish): Record<string, string> {
  const values = Object.entries(properties).map(([name, { value }]) => [name, value] as const);
  return {
    ...(lifecycle && { [lifecycle.property]: lifecycle.initial }),
    ...Object.fromEntries(values),
    ...(email ? { email } : { phone }),
  } as Record<string, string>;
}

function whyKept(
  { write }: WantedProperty,
  name: string,
  record: ContactRecord,
  wish: ContactWish,
): string | undefined {
  if (write === 'always') return undefined;
  if (write === 'fill-empty' && record.values[name]) return 'already-filled';
  return changedByPersonLater(record, name, wish) ? 'changed-by-person' : undefined;
}

/** A stage only ever moves forward, from one that the policy knows. */
function whyStageKept(wish: ContactWish, record: ContactRecord): string | undefined {
  const { property, initial, order } = wish.lifecycle ?? { property: '', initial: '', order: [] };
  const current = record.values[property];
  if (current && !order.includes(current)) return 'unknown-stage';
  if (current && order.indexOf(current) > order.indexOf(initial)) return 'stage-never-back';
  return changedByPersonLater(record, property, wish) ? 'changed-by-person' : undefined;
}

/** Any later version counts, so that an older lead that comes late does not undo what a person has decided. */
function changedByPersonLater(record: ContactRecord, name: string, wish: ContactWish): boolean {
  const submittedAt = Date.parse(wish.submittedAt);
  return (record.history?.[name] ?? []).some(({ at, byPerson }) => byPerson && at > submittedAt);
}

/** The answer, when nothing has to be written. */
export function answerOfUnchanged({ action, contactId, kept }: ContactPlan): ContactUpsertResult | undefined {
  return action === 'unchanged' && contactId
    ? { contactId, action: 'unchanged', kept: { ...kept } }
    : undefined;
}

/** What would be done, for people: names of properties, no values. */
export function describePlan({ action, contactId, properties }: ContactPlan): string {
  const names = Object.keys(properties).join(', ');
  if (action === 'create') return `create contact: ${names}`;
  return action === 'update'
    ? `update contact ${contactId}: ${names}`
    : `leave contact ${contactId} as it is`;
}

/** What the step would answer if the plan were carried out. */
export function answerOfPretended({ action, contactId, kept }: ContactPlan): ContactUpsertResult {
  const done = { create: 'created', update: 'updated', unchanged: 'unchanged' } as const;
  return { contactId: contactId ?? notCreated, action: done[action], kept: { ...kept } };
}
