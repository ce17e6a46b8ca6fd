import { allEmails } from './contact.ts';
import type { Contact } from './contact.ts';
import type { ContactStore } from './contact-store.ts';
import { badRequest, contactExists, invalidValues } from './errors.ts';
import type { HubspotError } from './errors.ts';
import type { HubspotEvent, Source, Values } from './events.ts';
import { LIFECYCLE_STAGES } from './properties.ts';
import type { Problem } from './property-rules.ts';

export type Commit = (event: HubspotEvent) => void;

/** A write that passed every check and only has to be committed. */
export type PlannedWrite = { id: string; values: Values; isNew: boolean };

/**
 * The writes of one request: all are planned (checked) before the first is committed, so that a refused request
 * changes nothing. Plans see one another: two inputs that claim one e-mail are a conflict.
 */
export class ContactWrites {
  private readonly store: ContactStore;
  private readonly commitEvent: Commit;
  private readonly by: Source;
  private readonly claimed = new Map<string, string>();
  private readonly planned: PlannedWrite[] = [];
  private nextId: number;

  constructor(store: ContactStore, commitEvent: Commit, by: Source) {
    this.store = store;
    this.commitEvent = commitEvent;
    this.by = by;
    this.nextId = store.nextId;
  }

  /** What is wrong with these properties, before asking whether they conflict. */
  problemsOf(properties: unknown): Problem[] {
    return this.store.rules.check(properties).problems;
  }

  /** Throws 400 when a value is not acceptable and 409 when the e-mail belongs to somebody. */
  planCreate(properties: unknown): PlannedWrite {
    const values = this.accept(properties);
    const kept = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));
    const write = { id: String(this.nextId), values: kept, isNew: true };
    this.claim(write.id, new Map(Object.entries(kept)));
    this.nextId += 1;
    this.planned.push(write);
    return write;
  }

  planChange(contact: Contact, properties: unknown): PlannedWrite {
    const values = this.accept(properties);
    const changes = Object.entries(values).filter(([name, value]) => this.changes(contact, name, value));
    const write = { id: contact.id, values: Object.fromEntries(changes), isNew: false };
    if (changes.length > 0) this.claim(contact.id, new Map([...contact.values, ...changes]));
    this.planned.push(write);
    return write;
  }

  commit(at = Date.now()): void {
    const { by } = this;
    for (const { id, values, isNew } of this.planned.splice(0)) {
      if (isNew) this.commitEvent({ type: 'contact-created', id, at, values, by });
      else if (Object.keys(values).length === 0) this.commitEvent({ type: 'contact-unchanged', id, at, by });
      else this.commitEvent({ type: 'contact-changed', id, at, values, by });
    }
  }

  private accept(properties: unknown): Values {
    const { values, problems } = this.store.rules.check(properties);
    if (problems.length > 0) throw invalidValues(problems);
    return values;
  }

  private changes(contact: Contact, name: string, value: string): boolean {
    const present = contact.values.get(name) ?? '';
    if (present === value) return false;
    return !(name === 'lifecyclestage' && this.by.type === 'INTEGRATION' && movesBack(present, value));
  }

  private claim(id: string, values: ReadonlyMap<string, string>): void {
    const emails = allEmails(values);
    const unique = [...values].filter(([name]) => this.store.definitions.get(name)?.hasUniqueValue);
    for (const email of emails) {
      if (this.store.blockedEmails.has(email)) throw badRequest(`Email address ${email} is on the blocklist`);
      const owner = this.claimed.get(email) ?? this.store.byEmail(email)?.id;
      if (owner !== undefined && owner !== id) throw contactExists(owner);
    }
    for (const [name, value] of unique) {
      const owner = this.claimed.get(`${name}=${value}`) ?? this.store.byUnique(name, value)?.id;
      if (owner !== undefined && owner !== id) throw notUnique(name, owner);
    }
    for (const email of emails) this.claimed.set(email, id);
    for (const [name, value] of unique) this.claimed.set(`${name}=${value}`, id);
  }
}

function notUnique(property: string, owner: string): HubspotError {
  const message = `The value of ${property} is already taken by contact ${owner}`;
  return invalidValues([{ property, code: 'CONFLICTING_UNIQUE_VALUE', message }]);
}

/** HubSpot leaves a lifecycle stage as it is when the API asks for an earlier one; clearing it is allowed. */
function movesBack(present: string, wanted: string): boolean {
  return wanted !== '' && LIFECYCLE_STAGES.indexOf(wanted) < LIFECYCLE_STAGES.indexOf(present);
}
