import { describe, expect, it } from 'vitest';
import type { EffectSummary } from '../../sandbox/core/effects.ts';
import type { Facts } from './facts.ts';
import { submissions } from './people.ts';
import { prove } from './proof.ts';
import type { Finding, Statements } from './proof.ts';
import type { HeldContact } from './sandbox-process.ts';

const [one, other] = submissions(1, 2) as [
  ReturnType<typeof submissions>[0],
  ReturnType<typeof submissions>[0],
];

const contact: HeldContact = {
  id: '9001',
  archived: false,
  properties: {
    email: one.email,
    firstname: String(one.data['first_name']),
    lastname: String(one.data['last_name']),
    ...(one.data['company'] !== undefined && { company: String(one.data['company']) }),
    message: String(one.data['message']),
    lifecyclestage: 'lead',
  },
};

const counted: EffectSummary = {
  created: 1,
  updated: 0,
  unchangedWrites: 0,
  duplicates: [],
  shared: [],
  byKey: { [one.email]: { created: 1, updated: 0 } },
};

const facts: Facts = {
  inbound: [{ id: 'i1', channel: 'forms', webhookId: one.id, status: 'accepted', messageId: 'm1' }],
  runs: [
    { id: 'r1', flow: 'new-lead', status: 'done', reason: null, step: 'upsert-contact', startedBy: 'm1' },
  ],
  effects: [{ id: 'e1', runId: 'r1', state: 'confirmed', providerId: contact.id }],
  open: [],
};

const clean: Statements = {
  accepted: new Map([[one.id, one]]),
  facts,
  contacts: [contact],
  effects: counted,
};

/** What the proof finds when something of the clean statements is otherwise. */
function found(changes: Partial<Facts>, rest: Partial<Statements> = {}): string[] {
  const { findings } = prove({ ...clean, ...rest, facts: { ...facts, ...changes } });
  return findings.map(({ kind, subject, what }: Finding) => `${kind} ${subject}: ${what}`);
}

describe('the proof', () => {
  it('is clean when everything is there once', () => {
    expect(prove(clean)).toMatchObject({ isClean: true, runsDone: 1, effectsConfirmed: 1, contacts: 1 });
  });

  it.each<[string, Partial<Facts>, Partial<Statements>]>([
    ['no event', { inbound: [], runs: [], effects: [] }, {}],
    ['no run', { runs: [], effects: [] }, {}],
    ['a failed run', { runs: [{ ...facts.runs[0]!, status: 'failed' }] }, {}],
    ['no confirmed effect', { effects: [{ ...facts.effects[0]!, state: 'shadowed' }] }, {}],
    ['no contact', {}, { contacts: [] }],
    ['a contact that no effect names', { effects: [{ ...facts.effects[0]!, providerId: '1' }] }, {}],
    [
      'another value',
      {},
      { contacts: [{ ...contact, properties: { ...contact.properties, message: 'another' } }] },
    ],
  ])('calls it lost: %s', (_, changes, rest) => {
    expect(found(changes, rest)).toContainEqual(expect.stringMatching(/^lost /));
  });

  it.each<[string, Partial<Facts>, Partial<Statements>]>([
    ['two events', { inbound: [facts.inbound[0]!, { ...facts.inbound[0]!, id: 'i2' }] }, {}],
    ['two runs', { runs: [facts.runs[0]!, { ...facts.runs[0]!, id: 'r2' }] }, {}],
    ['two effects', { effects: [facts.effects[0]!, { ...facts.effects[0]!, id: 'e2' }] }, {}],
    ['two contacts', {}, { contacts: [contact, { ...contact, id: '9002' }] }],
    ['created twice', {}, { effects: { ...counted, byKey: { [one.email]: { created: 2, updated: 0 } } } }],
    [
      'one write too many',
      {},
      { effects: { ...counted, byKey: { [one.email]: { created: 1, updated: 1 } } } },
    ],
    ['a write that changed nothing', {}, { effects: { ...counted, unchangedWrites: 1 } }],
  ])('calls it duplicated: %s', (_, changes, rest) => {
    expect(found(changes, rest)).toContainEqual(expect.stringMatching(/^duplicated /));
  });

  it('calls everything of a submission that nobody was answered for a phantom', () => {
    const kinds = found({}, { accepted: new Map([[other.id, other]]) }).filter((text) =>
      text.startsWith('phantom'),
    );
    expect(kinds).toHaveLength(4);
  });

  it.each<[string, Partial<Facts>]>([
    ['a run that is held', { runs: [{ ...facts.runs[0]!, status: 'held', reason: 'SOME.CODE' }] }],
    [
      'a delivery without a run',
      {
        runs: [],
        effects: [],
        open: [{ kind: 'delivery', id: 'd1', runId: null, messageId: 'm1', state: 'parked', step: '' }],
      },
    ],
  ])('calls it stuck, and not lost: %s', (_, changes) => {
    const all = found(changes);
    expect(all).toContainEqual(expect.stringMatching(/^stuck /));
    expect(all).not.toContainEqual(expect.stringMatching(/^lost .*run/));
  });
});
