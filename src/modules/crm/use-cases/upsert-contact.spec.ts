import { createHash, createSecretKey, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { KeyedHash } from '../../../shared/crypto/keyed-hash.js';
import { newId } from '../../../shared/kernel/ids.js';
import type { EffectHandle, EffectRequest } from '../../../shared/messaging/effect-handle.js';
import type { HandlerContext } from '../../../shared/messaging/handler.js';
import { PolicyStore } from '../../../shared/policies/policy-store.js';
import { CrmContacts, type ContactWritten } from '../connectors/crm-contacts.js';
import { ContactUpserted, UpsertContact, type ContactField } from '../contracts.js';
import { planContact, type ContactPlan, type ContactRecord } from '../domain/contact-plan.js';
import type { ContactWish } from '../domain/contact-wish.js';
import { Contacts, type ContactRow } from '../persistence/contacts.js';
import { contactPolicy } from '../policies/crm-contact.policy.js';
import { UpsertContactHandler } from './upsert-contact.js';

const now = new Date('2026-11-20T12:00:05Z');
const key = { id: newId(), secret: createSecretKey(randomBytes(32)) };
const leadId = '01935d5e-0000-7000-8000-000000000001';

class CrmWith extends CrmContacts {
  readonly wishes: ContactWish[] = [];
  readonly written: ContactPlan[] = [];
  constructor(private readonly record?: ContactRecord) {
    super();
  }
  async look(wish: ContactWish): Promise<ContactPlan> {
    this.wishes.push(wish);
    return planContact(wish, this.record);
  }
  async write(plan: ContactPlan): Promise<ContactWritten> {
    this.written.push(plan);
    return { contactId: plan.contactId ?? '9', action: plan.contactId ? 'updated' : 'created', kept: {} };
  }
  async find(): Promise<undefined> {}
  async check(): Promise<void> {}
}

/** The ledger's door: sends, or only looks. */
class Door implements EffectHandle {
  readonly reference = 'ref';
  readonly plannedAt = now;
  constructor(private readonly shadow = false) {}
  async perform<Found, Answer>(request: EffectRequest<Found, Answer>): Promise<Answer> {
    const found = await request.look();
    const already = request.already?.(found);
    if (already) return already;
    return this.shadow ? request.pretend(found) : request.send(found);
  }
}

function command(fields: Record<string, string>): UpsertContact {
  const entries = Object.entries(fields).map(([name, value]): [string, ContactField] => [
    name,
    { value, source: 'given', confidence: 1 },
  ]);
  const init = {
    leadId,
    submittedAt: '2026-11-20T12:00:00Z',
    fields: Object.fromEntries(entries),
    score: 50,
  };
  return Object.assign(new UpsertContact(), init);
}

describe('UpsertContact', () => {
  let db: TestDatabase;
  let policies: PolicyStore;
  let contacts: Contacts;

  beforeAll(async () => {
    db = await testDatabase();
    policies = new PolicyStore(db.database);
    await policies.install([contactPolicy]);
    contacts = new Contacts(
      db.database,
      new KeyedHash(createSecretKey(createHash('sha256').update('test').digest())),
    );
  });
  afterAll(() => db.close());

  async function run(crm: CrmContacts, lead: UpsertContact, shadow = false) {
    const context = {
      ...{ now, key, actor: 'flow:new-lead', runId: newId(), step: 'upsert-contact' },
      ...{ effect: new Door(shadow), signal: new AbortController().signal },
    };
    const handler = new UpsertContactHandler(crm, policies, contacts);
    const outcome = await handler.run(lead, context as unknown as HandlerContext);
    await db.database.transaction(async (tx) => {
      for (const { set, row } of outcome.changes ?? []) await set.write(tx, [row], () => undefined);
    });
    return outcome;
  }

  it('states what was done, for whom and by which policy, and remembers the contact', async () => {
    const lead = command({ email: 'One@example.com', firstName: 'One' });
    const { result, events } = await run(new CrmWith(), lead);
    expect(result).toEqual({ contactId: '9', action: 'created', kept: {} });
    expect(events).toEqual([
      {
        subject: 'contact:9',
        message: new ContactUpserted({ leadId, contactId: '9', action: 'created', policyVersion: 1 }),
      },
    ]);
    expect(
      (await contacts.known(contacts.subjectOf(command({ email: 'one@example.com' }))))?.providerId,
    ).toBe('9');
  });

  it('records what the policy decided, without a word of the lead', async () => {
    const lead = command({ email: 'three@example.com', firstName: 'Three' });
    const { changes } = await run(new CrmWith(), lead);
    const decision = changes?.find(({ set }) => set.table === 'policies.decisions')?.row;
    expect(decision).toMatchObject({
      ...{ policy: 'crm-contact', version: 1, flow: 'new-lead', step: 'upsert-contact' },
      outcome: { properties: { firstname: 'fill-empty' }, kept: {} },
    });
    expect(JSON.stringify(decision)).not.toContain('hree');
    expect(contactPolicy.decide?.(contactPolicy.initial, lead)).toEqual(
      (decision as { outcome: object }).outcome,
    );
  });

  it('sends nothing when nothing differs', async () => {
    const crm = new CrmWith({ id: '7', values: { lifecyclestage: 'lead' } });
    const { result } = await run(crm, command({ email: 'two@example.com' }));
    expect([result.action, crm.written]).toEqual(['unchanged', []]);
  });

  it('a phone number is looked up by our own record of the contact first', async () => {
    const crm = new CrmWith();
    const lead = command({ phone: '+15550100009' });
    await run(crm, lead);
    await run(crm, lead);
    expect(crm.wishes.map(({ knownId }) => knownId)).toEqual([undefined, '9']);
  });

  it('an older lead that comes late only fills what is empty', async () => {
    const crm = new CrmWith();
    const newer = command({ email: 'late@example.com', firstName: 'New' });
    const older = command({ email: 'late@example.com', firstName: 'Old', phone: '+15550100010' });
    older.submittedAt = new Date(Date.parse(newer.submittedAt) - 60_000).toISOString();
    await run(crm, newer);
    await run(crm, older);
    expect(crm.wishes[1]!.properties['phone']).toEqual({ value: '+15550100010', write: 'fill-empty' });
    expect(Object.values(crm.wishes[1]!.properties).every(({ write }) => write === 'fill-empty')).toBe(true);
    const known = await contacts.known(contacts.subjectOf(newer));
    expect(known?.submittedAt).toEqual(new Date(newer.submittedAt));
  });

  it('in shadow mode a contact that would be created is not remembered', async () => {
    const lead = command({ email: 'shadow@example.com' });
    const { result } = await run(new CrmWith(), lead, true);
    expect(result).toMatchObject({ contactId: 'not-created', action: 'created' });
    expect(await contacts.known(contacts.subjectOf(lead))).toBeUndefined();
  });

  it('many contacts are written by one statement, and an older one never replaces a newer one', async () => {
    const rows = Array.from({ length: 200 }, (_, index): ContactRow => {
      const subject = contacts.subjectOf(command({ email: `person${index}@example.com` }));
      return { subject, providerId: String(index), submittedAt: now, updatedAt: now };
    });
    const before = db.database.counts.statements;
    await db.database.transaction((tx) => contacts.write(tx, rows));
    expect(db.database.counts.statements - before).toBe(3);
    const older = { ...rows[0]!, providerId: 'older', updatedAt: new Date(now.getTime() - 1) };
    await db.database.transaction((tx) => contacts.write(tx, [older]));
    expect((await contacts.known(rows[0]!.subject))?.providerId).toBe('0');
    expect(contacts.fold(rows[0]!, older).providerId).toBe('0');
  });
});
