import { EffectCounter } from '../../core/effects.ts';
import { allEmails, isoTime, rememberVersion } from './contact.ts';
import type { Contact } from './contact.ts';
import type { HubspotEvent, KeptContact, Source, Values } from './events.ts';
import { builtInProperties } from './properties.ts';
import { PropertyRules } from './property-rules.ts';
import { SearchIndex } from './search-index.ts';

const FIRST_ID = 9001001;

/** The portal's state. It changes through `apply` alone, live and at replay. */
export class ContactStore {
  readonly contacts = new Map<string, Contact>();
  readonly definitions = builtInProperties();
  readonly rules = new PropertyRules(this.definitions);
  readonly blockedEmails = new Set<string>();
  readonly effects = new EffectCounter();
  readonly searchIndex = new SearchIndex();
  nextId = FIRST_ID;
  private readonly idByEmail = new Map<string, string>();
  private readonly idByUnique = new Map<string, Map<string, string>>();

  readonly isKnown = (property: string): boolean => this.definitions.has(property);

  live(id: string): Contact | undefined {
    const contact = this.contacts.get(id);
    return contact && contact.archivedAt === undefined ? contact : undefined;
  }

  byEmail(email: string): Contact | undefined {
    const id = this.idByEmail.get(email.trim().toLowerCase());
    return id === undefined ? undefined : this.contacts.get(id);
  }

  byUnique(property: string, value: string): Contact | undefined {
    const id = this.idByUnique.get(property)?.get(value);
    return id === undefined ? undefined : this.contacts.get(id);
  }

  apply(event: HubspotEvent): void {
    switch (event.type) {
      case 'contact-created':
        return this.create(event.id, event.at, event.values, event.by);
      case 'contact-changed':
        return this.change(event.id, event.at, event.values, event.by);
      case 'contact-unchanged':
        if (event.by.type === 'INTEGRATION') this.effects.countUnchanged();
        return;
      case 'contact-archived':
        return this.archive(event.id, event.at);
      case 'contact-erased':
        this.archive(event.id, event.at);
        this.contacts.delete(event.id);
        return;
      case 'email-blocked':
        this.blockedEmails.add(event.email);
        return;
      case 'property-defined':
        this.definitions.set(event.definition.name, event.definition);
        return;
      case 'validation-rules-set':
        return this.rules.setRules(event.rules);
      case 'contact-kept':
        return this.keep(event.contact);
      case 'counters-kept':
        this.nextId = event.nextId;
        this.effects.restore(event.effects);
    }
  }

  clear(): void {
    for (const map of [this.contacts, this.definitions, this.idByEmail, this.idByUnique]) map.clear();
    for (const [name, definition] of builtInProperties()) this.definitions.set(name, definition);
    this.rules.setRules([]);
    this.blockedEmails.clear();
    this.effects.clear();
    this.searchIndex.clear();
    this.nextId = FIRST_ID;
  }

  private create(id: string, at: number, values: Values, by: Source): void {
    const contact: Contact = { id, createdAt: at, updatedAt: at, values: new Map(), history: new Map() };
    this.contacts.set(id, contact);
    this.nextId = Math.max(this.nextId, Number(id) + 1);
    this.write(contact, at, values, by);
    if (by.type === 'INTEGRATION') this.effects.countCreated(effectKey(contact));
  }

  private change(id: string, at: number, values: Values, by: Source): void {
    const contact = this.contacts.get(id);
    if (!contact) return;
    this.write(contact, at, values, by);
    if (by.type === 'INTEGRATION') this.effects.countUpdated(effectKey(contact));
  }

  private write(contact: Contact, at: number, values: Values, by: Source): void {
    this.unlink(contact);
    const next = new Map(contact.values);
    for (const [name, value] of Object.entries(values)) {
      if (value === '') next.delete(name);
      else next.set(name, value);
      rememberVersion(contact, name, value, at, by);
    }
    next.set('hs_object_id', contact.id);
    next.set('createdate', isoTime(contact.createdAt));
    next.set('lastmodifieddate', isoTime(at));
    contact.values = next;
    contact.updatedAt = at;
    this.link(contact);
    this.searchIndex.note(contact.id, at, next);
  }

  private archive(id: string, at: number): void {
    const contact = this.live(id);
    if (!contact) return;
    this.unlink(contact);
    contact.archivedAt = at;
    this.searchIndex.note(id, at, undefined);
  }

  private keep({ values, history, ...dates }: KeptContact): void {
    const contact: Contact = { ...dates, values: new Map<string, string>(values), history: new Map(history) };
    this.contacts.set(contact.id, contact);
    if (contact.archivedAt !== undefined) return;
    this.link(contact);
    this.searchIndex.note(contact.id, contact.updatedAt, contact.values);
  }

  private link(contact: Contact): void {
    for (const email of allEmails(contact.values)) this.idByEmail.set(email, contact.id);
    for (const [property, value] of this.uniqueValues(contact)) {
      let ids = this.idByUnique.get(property);
      if (!ids) this.idByUnique.set(property, (ids = new Map<string, string>()));
      ids.set(value, contact.id);
    }
  }

  private unlink(contact: Contact): void {
    for (const email of allEmails(contact.values)) {
      if (this.idByEmail.get(email) === contact.id) this.idByEmail.delete(email);
    }
    for (const [property, value] of this.uniqueValues(contact)) this.idByUnique.get(property)?.delete(value);
  }

  private *uniqueValues(contact: Contact): Generator<[string, string]> {
    for (const [name, value] of contact.values)
      if (this.definitions.get(name)?.hasUniqueValue) yield [name, value];
  }
}

const effectKey = (contact: Contact): string => contact.values.get('email') ?? `id:${contact.id}`;
