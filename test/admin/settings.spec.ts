import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConnectorDto } from '../../src/shared/admin/connectors/connectors.dto.js';
import type { FlowDto } from '../../src/shared/admin/flows/flows.dto.js';
import type { OverviewDto } from '../../src/shared/admin/overview/overview.dto.js';
import { newId } from '../../src/shared/kernel/ids.js';
import { Rows } from './rows.js';
import { AdminUnderTest } from './support.js';

let t: AdminUnderTest;
let rows: Rows;

beforeAll(async () => {
  t = await AdminUnderTest.start();
  rows = new Rows(t);
});
afterAll(() => t?.close());

const put = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  t.call<FlowDto>('editor', 'PUT', `/admin/v1/flows/${path}`, { body, headers });
const newLead = () => t.get<FlowDto>('viewer', '/flows/new-lead');

describe('flows', () => {
  it('show what they are made of, how they run, and what they have open', async () => {
    await rows.run({ status: 'held' });
    await rows.run({ status: 'running' });
    await rows.run({ status: 'done' });
    const { body, headers } = await newLead();
    expect(body).toMatchObject({
      activeVersion: 1,
      versions: [{ version: 1 }],
      startedBy: 'intake.form-submitted.v1',
      commands: ['enrichment.enrich-lead.v1', 'crm.upsert-contact.v1'],
      mode: 'shadow',
      modeSince: null,
      paused: null,
      openRuns: { running: 1, held: 1, cancelling: 0 },
    });
    expect(body.steps.map(({ name }) => name)).toEqual(['enrich-lead', 'upsert-contact']);
    expect(headers['etag']).toBe(`"r${body.revision}"`);
    const list = await t.get<{ items: FlowDto[] }>('viewer', '/flows');
    expect(list.body.items).toContainEqual(body);
  });

  it('change their mode, with or without If-Match; setting the same again keeps since when', async () => {
    const live = await put('new-lead/mode', { mode: 'live' });
    expect(live).toMatchObject({ status: 200, body: { mode: 'live', previousMode: 'shadow' } });
    const again = await put('new-lead/mode', { mode: 'live' }, { 'if-match': String(live.headers['etag']) });
    expect(again.body).toMatchObject({ previousMode: 'shadow', modeSince: live.body.modeSince });
    const late = await put('new-lead/mode', { mode: 'off' }, { 'if-match': String(live.headers['etag']) });
    expect(late).toMatchObject({ status: 412, body: { code: 'FLOW.SETTINGS_CHANGED' } });
    expect((await put('new-lead/mode', { mode: 'loud' })).status).toBe(400);
    expect(await t.audit('flow.mode-changed')).toMatchObject([
      { actor: t.actor('editor') },
      { subject: 'flow:new-lead' },
    ]);
  });

  it.each([
    ['caps', { perHour: 100, perRecipientPerHour: 2 }, { perHour: 0 }],
    ['redirect', { email: 'test@example.com', phone: '+15550100199' }, { phone: '0123' }],
  ])('change their %s against the revision that was read', async (what, good, bad) => {
    const etag = String((await newLead()).headers['etag']);
    expect(await put(`new-lead/${what}`, good)).toMatchObject({
      status: 428,
      body: { code: 'HTTP.PRECONDITION_REQUIRED' },
    });
    expect((await put(`new-lead/${what}`, bad, { 'if-match': etag })).status).toBe(400);
    const changed = await put(`new-lead/${what}`, good, { 'if-match': etag });
    expect(changed).toMatchObject({ status: 200, body: { [what]: good } });
    expect((await put(`new-lead/${what}`, good, { 'if-match': etag })).status).toBe(412);
    const emptied = await put(`new-lead/${what}`, {}, { 'if-match': String(changed.headers['etag']) });
    expect(emptied.body[what as 'caps']).toEqual({});
  });

  it('are paused with a reason, and go on', async () => {
    const post = (what: string, body?: unknown) =>
      t.call('operator', 'POST', `/admin/v1/flows/new-lead/${what}`, { body });
    expect((await post('pause', {})).status).toBe(400);
    expect((await post('pause', { reason: 'too loud' })).body).toMatchObject({
      paused: { reason: 'too loud', by: t.actor('operator') },
    });
    expect((await post('resume')).body).toMatchObject({ paused: null });
    expect(await t.audit('flow.resumed')).toHaveLength(1);
  });

  it('an unknown one is 404, a name that is none 400', async () => {
    const unknown = { status: 404, body: { code: 'FLOW.UNKNOWN' } };
    expect(await t.get('viewer', '/flows/nobody')).toMatchObject(unknown);
    expect(await put('nobody/mode', { mode: 'live' })).toMatchObject(unknown);
    const pause = await t.call('operator', 'POST', '/admin/v1/flows/nobody/pause', { body: { reason: 'x' } });
    expect(pause).toMatchObject(unknown);
    expect((await t.get('viewer', '/flows/No%20Body')).status).toBe(400);
  });
});

describe('connectors', () => {
  it('show what waits in their lanes, and what is open', async () => {
    await rows.delivery({ due_at: new Date(Date.now() - 60_000) });
    await rows.delivery({ due_at: new Date(Date.now() + 60_000) });
    await rows.delivery({ state: 'leased' });
    await rows.delivery({ state: 'parked', lane: 'local' });
    await rows.effect({ state: 'uncertain' });
    await rows.effect({ state: 'confirmed' });
    const { body } = await t.get<{ items: ConnectorDto[] }>('viewer', '/connectors');
    const [hubspot, local] = ['hubspot', 'local'].map((name) => body.items.find((one) => one.name === name));
    expect(hubspot).toMatchObject({ name: 'hubspot', pending: 2, leased: 1, parked: 0, closedForMs: 0 });
    expect(hubspot?.openEffects).toEqual({ planned: 0, sending: 0, uncertain: 1 });
    expect(hubspot?.oldestDueAgeMs).toBeGreaterThan(59_000);
    expect(local).toMatchObject({ name: 'local', isConnector: false, parked: 1, oldestDueAgeMs: null });
  });

  it('are paused and go on; the local lane is none', async () => {
    const post = (name: string, what: string, body?: unknown) =>
      t.call('operator', 'POST', `/admin/v1/connectors/${name}/${what}`, { body });
    expect((await post('hubspot', 'pause', { reason: 'limit' })).body).toMatchObject({
      paused: { reason: 'limit' },
    });
    expect((await post('hubspot', 'resume')).body).toMatchObject({ paused: null });
    expect(await t.audit('connector.paused')).toHaveLength(1);
    for (const name of ['local', 'nobody']) {
      const answer = await post(name, 'pause', { reason: 'x' });
      expect(answer).toMatchObject({ status: 404, body: { code: 'ADMIN.CONNECTOR_UNKNOWN' } });
    }
  });
});

describe('the overview', () => {
  it('counts what came, what is open, and who works', async () => {
    await rows.inbound();
    await rows.inbound({ status: 'rejected' });
    await rows.inbound({ id: '018cc251-f400-7000-8000-000000000003' });
    await rows.deadLetter({ status: 'uncertain' });
    const worker = { name: 'host:1', roles: ['worker'], capabilities: [] };
    await rows.insert('messaging.workers', { id: newId(), ...worker });
    await rows.insert('messaging.workers', {
      id: newId(),
      ...worker,
      seen_at: new Date(Date.now() - 60_000),
    });
    const { status, body } = await t.get<OverviewDto>('auditor', '/overview');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      acceptedLastHour: 1,
      rejectedLastHour: 1,
      openRuns: { running: 1, held: 1, cancelling: 0 },
      deadLetters: { dead: 0, uncertain: 1 },
      uncertainEffects: 1,
      parked: [{ requires: 'new-lead@1:crm.upsert-contact.v1', count: 1 }],
      workers: [{ name: 'host:1', roles: ['worker'] }],
      timers: { count: 0, nextDueAt: null },
      paused: [],
    });
    expect(body.lanes).toContainEqual({ lane: 'hubspot', state: 'pending', count: 2 });
    expect(body.oldestDueAgeMs).toBeGreaterThan(59_000);
  });
});
