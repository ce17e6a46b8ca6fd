import { EffectCounter } from '../../core/effects.ts';
import type { AccessToken, Grant, XeroEvent } from './events.ts';
import type { Organisation, WebhookTarget, XeroContact, XeroCreditNote, XeroInvoice } from './records.ts';

export const DEFAULT_TENANT = '10000000-0000-4000-8000-000000000001';

const firstOrganisation = (): Organisation => ({
  tenantId: DEFAULT_TENANT,
  connectionId: '20000000-0000-4000-8000-000000000001',
  name: 'Sandbox Ltd',
  timezone: 'GMTSTANDARDTIME',
  currency: 'GBP',
});

/** Everything the simulator holds. It changes through `apply` alone, live and at replay. */
export class XeroStore {
  readonly invoices = new Map<string, XeroInvoice>();
  readonly contacts = new Map<string, XeroContact>();
  readonly creditNotes = new Map<string, XeroCreditNote>();
  readonly organisations = new Map<string, Organisation>();
  readonly accessTokens = new Map<string, AccessToken>();
  readonly grants = new Map<string, Grant>();
  readonly effects = new EffectCounter();
  readonly contactEffects = new EffectCounter();
  webhook: WebhookTarget | undefined;
  nextNumber = 1;
  /** Webhook events sent so far: gaps tell a receiver that it missed some. */
  sequence = 0;

  constructor() {
    this.organisations.set(DEFAULT_TENANT, firstOrganisation());
  }

  invoice(idOrNumber: string): XeroInvoice | undefined {
    return (
      this.invoices.get(idOrNumber) ?? [...this.invoices.values()].find((one) => one.number === idOrNumber)
    );
  }

  contactNamed(name: string): XeroContact | undefined {
    const wanted = name.trim().toLowerCase();
    return [...this.contacts.values()].find((one) => one.name.trim().toLowerCase() === wanted);
  }

  get organisation(): Organisation {
    return this.organisations.get(DEFAULT_TENANT) ?? firstOrganisation();
  }

  apply(event: XeroEvent): void {
    switch (event.type) {
      case 'invoice-put':
        return this.putInvoice(event);
      case 'invoice-unchanged':
        if (event.by === 'api') this.effects.countUnchanged();
        return;
      case 'contact-put':
        return this.putContact(event);
      case 'credit-note-put':
        this.creditNotes.set(event.creditNote.id, event.creditNote);
        return;
      case 'organisation-put':
        this.organisations.set(event.organisation.tenantId, event.organisation);
        return;
      case 'webhook-set':
        this.webhook = event.target;
        return;
      case 'access-issued':
        this.accessTokens.set(event.access.token, event.access);
        return;
      case 'grant-put':
        this.grants.set(event.grant.refreshToken, event.grant);
        return;
      case 'tokens-revoked':
        this.accessTokens.clear();
        return;
      case 'sequence-advanced':
        this.sequence = event.sequence;
        return;
      case 'counters-kept':
        this.nextNumber = event.nextNumber;
        this.sequence = event.sequence;
        this.effects.restore(event.effects);
        this.contactEffects.restore(event.contactEffects);
    }
  }

  clear(): void {
    for (const map of [this.invoices, this.contacts, this.creditNotes, this.accessTokens, this.grants])
      map.clear();
    this.organisations.clear();
    this.organisations.set(DEFAULT_TENANT, firstOrganisation());
    this.effects.clear();
    this.contactEffects.clear();
    this.webhook = undefined;
    this.nextNumber = 1;
    this.sequence = 0;
  }

  private putInvoice({ invoice, isNew, by }: Extract<XeroEvent, { type: 'invoice-put' }>): void {
    this.invoices.set(invoice.id, invoice);
    const generated = /^INV-(\d+)$/.exec(invoice.number)?.[1];
    if (generated) this.nextNumber = Math.max(this.nextNumber, Number(generated) + 1);
    if (by !== 'api') return;
    const key = invoice.reference || invoice.number;
    if (isNew) this.effects.countCreated(key);
    else this.effects.countUpdated(key);
  }

  private putContact({ contact, isNew, by }: Extract<XeroEvent, { type: 'contact-put' }>): void {
    this.contacts.set(contact.id, contact);
    if (by !== 'api') return;
    if (isNew) this.contactEffects.countCreated(contact.name);
    else this.contactEffects.countUpdated(contact.name);
  }
}
