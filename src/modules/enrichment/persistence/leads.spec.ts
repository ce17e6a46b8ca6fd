import { createSecretKey, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { openJson } from '../../../shared/crypto/field-cipher.js';
import { newId } from '../../../shared/kernel/ids.js';
import type { EnrichedLead } from '../contracts.js';
import { leadPlace, leadRow, leads } from './leads.js';

const key = { id: newId(), secret: createSecretKey(randomBytes(32)) };
const origin = { submissionId: newId(), policyVersion: 3, key, now: new Date('2026-11-20T10:00:00.123Z') };
const lead = (score: number): EnrichedLead => ({
  leadId: newId(),
  submittedAt: '2026-11-20T09:59:58.000Z',
  fields: { firstName: { value: 'Jane "\\ 日本', source: 'given', confidence: 1 } },
  score,
  scoreRules: {},
});

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db?.close());

describe('enriched leads', () => {
  it('are stored together by one statement, each readable at its own row', async () => {
    const all = [lead(10), lead(50), lead(90)];
    const before = db.database.counts.statements;
    const rows = all.map((each) => leadRow(each, origin));
    await db.database.transaction((tx) => leads.write(tx, rows, () => undefined));
    expect(db.database.counts.statements - before).toBe(3); // BEGIN, the insert, COMMIT
    const stored = await db.database.query<{ id: string; document: Buffer; score: number; created_at: Date }>(
      `select * from enrichment.leads where submission_id = $1 and key_id = $2 and policy_version = 3 order by score`,
      [origin.submissionId, key.id],
    );
    expect(stored.map(({ id, document }) => openJson(key, leadPlace(id), document))).toEqual(all);
    expect(stored.map(({ score }) => score)).toEqual([10, 50, 90]);
    expect(stored[0]?.created_at).toEqual(origin.now);
  });

  it('stay as they are when they are written again', async () => {
    const row = leadRow(lead(10), origin);
    await db.database.transaction((tx) => leads.write(tx, [row], () => undefined));
    await db.database.transaction((tx) => leads.write(tx, [{ ...row, score: 99 }], () => undefined));
    const stored = await db.database.query(`select score from enrichment.leads where id = $1`, [row.id]);
    expect(stored).toEqual([{ score: 10 }]);
  });
});
