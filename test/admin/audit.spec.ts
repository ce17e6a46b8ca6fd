import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditRecord } from '../../src/modules/audit/contracts.js';
import { appendAudit } from '../../src/shared/audit/append-audit.js';
import { newId } from '../../src/shared/kernel/ids.js';
import { AdminUnderTest } from './support.js';

let t: AdminUnderTest;
const runId = newId();

beforeAll(async () => {
  t = await AdminUnderTest.start();
  for (let i = 0; i < 12; i++) {
    const entry = {
      actor: i % 2 ? 'flow:new-lead' : 'key:abc',
      action: ['flow.run-started', 'flow.step-done', 'effects.confirmed'][i % 3]!,
      outcome: i === 7 ? ('failed' as const) : ('ok' as const),
      subject: `run:${i}`,
      runId: i < 4 ? runId : undefined,
      details: { i },
    };
    await t.db.database.transaction((tx) => appendAudit(tx, [entry], new Date()));
  }
});
afterAll(() => t?.close());

async function entriesOf(query: string): Promise<AuditRecord[]> {
  const { status, body } = await t.get<{ items: AuditRecord[] }>('auditor', `/audit?${query}`);
  expect(status).toBe(200);
  return body.items;
}

const numbers = async (query: string) => (await entriesOf(query)).map(({ details }) => details?.['i']);

describe('the audit log', () => {
  it('gives entries as they were stored, with their place, newest first', async () => {
    const [newest] = await entriesOf('actor=flow:new-lead&limit=1');
    expect(newest).toMatchObject({
      action: 'effects.confirmed',
      outcome: 'ok',
      subject: 'run:11',
      details: { i: 11 },
    });
    expect(newest?.seq).toBeTypeOf('number');
    const [row] = await t.db.database.query<{ body: string }>(
      `select body from audit.entries where id = $1`,
      [newest?.id],
    );
    const { seq: _, ...entry } = newest!;
    expect(entry).toEqual(JSON.parse(row!.body));
  });

  it('filters by actor, action, outcome, subject, run and time', async () => {
    expect(await numbers('actor=key:abc')).toEqual([10, 8, 6, 4, 2, 0]);
    expect(await numbers('action=flow.step-done')).toEqual([10, 7, 4, 1]);
    expect(await numbers('outcome=failed')).toEqual([7]);
    expect(await numbers('subject=run:5')).toEqual([5]);
    expect(await numbers(`runId=${runId}`)).toEqual([3, 2, 1, 0]);
    expect(await numbers('since=2099-01-01T00:00:00Z')).toEqual([]);
  });

  it('filters by the beginning of an action, over pages', async () => {
    expect(await numbers('action=flow.*&actor=key:abc')).toEqual([10, 6, 4, 0]);
    expect(await numbers('action=eff*')).toEqual([11, 8, 5, 2]);
    expect(await numbers('action=nothing.*')).toEqual([]);
    const first = await t.get<{ nextCursor: string }>('auditor', '/audit?action=flow.*&limit=3');
    expect(await numbers(`action=flow.*&limit=50&cursor=${first.body.nextCursor}`)).toEqual([6, 4, 3, 1, 0]);
  });

  it('is for auditors alone', async () => {
    for (const role of ['viewer', 'operator', 'approver', 'editor', 'security-admin'] as const) {
      expect((await t.get(role, '/audit')).status).toBe(403);
    }
  });

  it('refuses an action with * in its middle', async () => {
    expect((await t.get('auditor', '/audit?action=fl*w')).status).toBe(400);
  });
});
