import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sealJson } from '../../src/shared/crypto/field-cipher.js';
import { proposalHash, proposalPlace } from '../../src/shared/flow/approvals.js';
import type { ApprovalDto, ProposalDto } from '../../src/shared/admin/approvals/approvals.dto.js';
import { newId } from '../../src/shared/kernel/ids.js';
import { Rows } from './rows.js';
import { AdminUnderTest } from './support.js';

let t: AdminUnderTest;
let rows: Rows;
beforeAll(async () => {
  t = await AdminUnderTest.start();
  rows = new Rows(t);
});
afterAll(() => t.close());

const proposal = { amount: 100, to: 'ada@example.com' };

async function question(
  given: Record<string, unknown> = {},
): Promise<{ id: string; runId: string; hash: string }> {
  const runId = await rows.run();
  const key = await rows.dataKey();
  const id = newId();
  await rows.insert('flow.approvals', {
    ...{
      id,
      run_id: runId,
      flow: 'new-lead',
      step: 'enrich-lead',
      visit: 1,
      state: 'open',
      role: 'approver',
    },
    ...{ what: 'May it be sent?', proposal: sealJson(key, proposalPlace(id), proposal), key_id: key.id },
    ...{ proposal_hash: proposalHash(proposal), requested_by: 'flow:new-lead', created_at: new Date() },
    expires_at: new Date(Date.now() + 3_600_000),
    ...given,
  });
  return { id, runId, hash: proposalHash(proposal).toString('hex') };
}

describe('approvals', () => {
  it('are listed by state, flow, role and run, without what is proposed', async () => {
    const { id, runId, hash } = await question();
    const list = await t.get<{ items: ApprovalDto[] }>(
      'viewer',
      `/approvals?state=open&role=approver&runId=${runId}`,
    );
    expect(list.body.items).toMatchObject([
      { id, hash, what: 'May it be sent?', state: 'open', decidedBy: null },
    ]);
    expect(list.raw.toString()).not.toContain('ada@example.com');
    const other = await t.get<{ items: ApprovalDto[] }>('viewer', `/approvals?runId=${newId()}`);
    expect(other.body.items).toEqual([]);
    const run = await t.get<{ waitingFor: { kind: string; text: string } }>('viewer', `/runs/${runId}`);
    expect(run.body.waitingFor).toMatchObject({
      kind: 'approval',
      text: 'the role approver is asked: May it be sent?',
    });
  });

  it('show the proposal to who may decide, and audit it', async () => {
    const { id, hash } = await question();
    expect((await t.get('viewer', `/approvals/${id}/proposal`)).status).toBe(403);
    const shown = await t.get<ProposalDto>('approver', `/approvals/${id}/proposal`);
    expect(shown.body).toEqual({ hash, proposal });
    expect(await t.audit('flow.proposal-read')).toMatchObject([{ subject: `approval:${id}` }]);
  });

  it('are decided on the proposal that was read, once', async () => {
    const { id, hash } = await question();
    const stale = await t.post('approver', `/approvals/${id}/approve`, {
      reason: 'yes',
      hash: 'a'.repeat(64),
    });
    expect(stale).toMatchObject({ status: 412, body: { code: 'FLOW.APPROVAL_CHANGED' } });
    const approved = await t.post<ApprovalDto>('approver', `/approvals/${id}/approve`, {
      reason: 'yes',
      hash,
    });
    expect(approved).toMatchObject({ status: 200, body: { state: 'approved', reason: 'yes' } });
    const again = await t.post('approver', `/approvals/${id}/deny`, { reason: 'no', hash });
    expect(again).toMatchObject({ status: 409, body: { code: 'FLOW.APPROVAL_CLOSED' } });
    const woken = await t.db.database.query(
      `select d.handler from messaging.deliveries d join flow.approvals a on a.run_id = d.run_id where a.id = $1`,
      [id],
    );
    expect(woken).toEqual([{ handler: 'flow.wake' }]);
  });

  it('that were amended take somebody else', async () => {
    const { id, hash } = await question();
    const amended = await t.post<ApprovalDto>('approver', `/approvals/${id}/amend`, {
      ...{ reason: 'less', hash, proposal: { ...proposal, amount: 50 } },
    });
    expect(amended.body).toMatchObject({ version: 2, state: 'open' });
    const own = await t.post('approver', `/approvals/${id}/approve`, {
      reason: 'mine',
      hash: amended.body.hash,
    });
    expect(own).toMatchObject({ status: 403, body: { code: 'FLOW.OWN_PROPOSAL' } });
    const denied = await t.post<ApprovalDto>('approver', `/approvals/${id}/deny`, {
      ...{ reason: 'on second thought', hash: amended.body.hash },
    });
    expect(denied.body.state).toBe('denied');
  });

  it('are for those who are asked', async () => {
    const { id, hash } = await question({ role: 'operator' });
    const body = { reason: 'x', hash };
    expect(await t.post('approver', `/approvals/${id}/approve`, body)).toMatchObject({
      status: 403,
      body: { code: 'FLOW.NOT_ASKED' },
    });
    expect((await t.post('editor', `/approvals/${id}/approve`, body)).status).toBe(403);
  });

  it('that expired or do not exist are closed', async () => {
    const { id, hash } = await question({ expires_at: new Date(Date.now() - 1_000) });
    const body = { reason: 'x', hash };
    expect(await t.post('approver', `/approvals/${id}/approve`, body)).toMatchObject({ status: 409 });
    expect(await t.post('approver', `/approvals/${newId()}/approve`, body)).toMatchObject({
      status: 404,
      body: { code: 'FLOW.APPROVAL_NOT_FOUND' },
    });
  });
});

describe('runs', () => {
  it('are found under each of their names', async () => {
    const { runId } = await question();
    const { KeyedHash } = await import('../../src/shared/crypto/keyed-hash.js');
    const { businessKeyHash } = await import('../../src/shared/flow/business-key.js');
    const key = businessKeyHash(t.app.get(KeyedHash), 'INV-7');
    await rows.insert('flow.run_keys', { key, run_id: runId });
    const found = await t.get<{ items: { id: string }[] }>('viewer', '/runs?businessKey=inv-7');
    expect(found.body.items.map(({ id }) => id)).toEqual([runId]);
  });

  it('that nothing will move are told apart', async () => {
    const asked = await question();
    const lost = await rows.run({ updated_at: new Date(Date.now() - 600_000) });
    await t.db.database.query(
      `update flow.runs set updated_at = now() - interval '10 minutes' where id = $1`,
      [asked.runId],
    );
    const found = await t.get<{ items: { id: string }[] }>('viewer', '/runs?stranded=true&limit=200');
    const ids = found.body.items.map(({ id }) => id);
    expect(ids).toContain(lost);
    expect(ids).not.toContain(asked.runId);
    const overview = await t.get<{ strandedRuns: number; openApprovals: number }>('viewer', '/overview');
    expect(overview.body.strandedRuns).toBe(ids.length);
    expect(overview.body.openApprovals).toBeGreaterThan(0);
  });
});
