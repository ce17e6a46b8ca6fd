import { Coalescer } from '../../../shared/connectors/coalesce.js';
import type { Settled } from '../../../shared/connectors/settled.js';
import type { ContactRecord } from '../domain/contact-plan.js';
import type { ContactWish } from '../domain/contact-wish.js';
import type { HubspotContactsApi } from './hubspot-contacts-api.js';
import type { HubspotRecord } from './hubspot-answers.js';

interface Lookup {
  readonly key: string;
  readonly properties: readonly string[];
}

type Found = Settled<ContactRecord | undefined>;

/** Finds contacts; concurrent requests share calls. A batch reads the union of what its items want to know. */
export class HubspotLookups {
  private readonly emails: Coalescer<Lookup, ContactRecord | undefined>;
  private readonly histories: Coalescer<Lookup, ContactRecord | undefined>;
  private readonly phones: Coalescer<Lookup, ContactRecord | undefined>;

  constructor(private readonly api: HubspotContactsApi) {
    this.emails = new Coalescer({ max: 100, run: (items, signal) => this.readEmails(items, signal) });
    // HubSpot takes at most 50 inputs when histories are wanted.
    this.histories = new Coalescer({ max: 50, run: (items, signal) => this.readIds(items, signal) });
    this.phones = new Coalescer({
      max: 50,
      concurrency: 1,
      run: (items, signal) => this.search(items, signal),
    });
  }

  /**
   * By e-mail address, the secondary ones included; without one by the id that is known, else by phone number. Of
   * several contacts with the number, the last modified one: it is the one that people work with.
   */
  async find(wish: ContactWish, signal?: AbortSignal): Promise<ContactRecord | undefined> {
    const properties = namesIn(wish);
    if (wish.email) return this.emails.add({ key: wish.email, properties }, signal);
    const known = wish.knownId && (await this.withHistory(wish.knownId, wish, signal));
    return known || this.phones.add({ key: wish.phone ?? '', properties }, signal);
  }

  /** The id of the contact with an e-mail address, in lower case. */
  async idOf(email: string, signal?: AbortSignal): Promise<string | undefined> {
    return (await this.emails.add({ key: email, properties: [] }, signal))?.id;
  }

  /** By id, with the histories of what is wanted; undefined when the contact has gone. */
  async withHistory(id: string, wish: ContactWish, signal?: AbortSignal): Promise<ContactRecord | undefined> {
    return this.histories.add({ key: id, properties: namesIn(wish) }, signal);
  }

  private async readEmails(items: readonly Lookup[], signal: AbortSignal): Promise<readonly Found[]> {
    const properties = [...wantedBy(items), 'email', 'hs_additional_emails'];
    const ids = [...new Set(items.map(({ key }) => key))];
    const { records } = await this.api.read({ ids, idProperty: 'email', properties }, signal);
    const byEmail = new Map(records.flatMap((contact) => emailsOf(contact).map((email) => [email, contact])));
    return items.map(({ key }) => ({ value: withoutHistory(byEmail.get(key)) }));
  }

  private async readIds(items: readonly Lookup[], signal: AbortSignal): Promise<readonly Found[]> {
    const ids = [...new Set(items.map(({ key }) => key))];
    const properties = [...wantedBy(items)];
    const { records } = await this.api.read({ ids, properties, propertiesWithHistory: properties }, signal);
    const byId = new Map(records.map((contact) => [contact.id, contact]));
    return items.map(({ key }) => ({ value: byId.get(key) }));
  }

  /** One search for all numbers; when it finds more than a page, each half is searched by itself. */
  private async search(items: readonly Lookup[], signal: AbortSignal): Promise<readonly Found[]> {
    const values = [...new Set(items.map(({ key }) => key))];
    const groups = ['phone', 'mobilephone'].map((propertyName) => ({
      filters: [{ propertyName, operator: 'IN' as const, values }],
    }));
    const properties = [...wantedBy(items), 'phone', 'mobilephone'];
    const { records } = await this.api.search(groups, properties, signal);
    if (records.length >= 200 && values.length > 1) {
      const middle = items.length >> 1;
      return [
        ...(await this.search(items.slice(0, middle), signal)),
        ...(await this.search(items.slice(middle), signal)),
      ];
    }
    const isOf =
      (key: string) =>
      ({ values: has }: HubspotRecord) =>
        has['phone'] === key || has['mobilephone'] === key;
    return items.map(({ key }) => ({ value: withoutHistory(records.find(isOf(key))) }));
  }
}

function namesIn({ properties, lifecycle }: ContactWish): string[] {
  return [...Object.keys(properties), ...(lifecycle ? [lifecycle.property] : [])];
}

function wantedBy(items: readonly Lookup[]): Set<string> {
  return new Set(items.flatMap(({ properties }) => properties));
}

function emailsOf({ values }: HubspotRecord): string[] {
  const secondary = values['hs_additional_emails']?.split(';') ?? [];
  return [values['email'] ?? '', ...secondary].map((email) => email.trim().toLowerCase()).filter(Boolean);
}

function withoutHistory(contact: HubspotRecord | undefined): ContactRecord | undefined {
  return contact && { id: contact.id, values: contact.values };
}
