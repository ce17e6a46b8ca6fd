import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appendAudit } from '../../src/shared/audit/append-audit.js';
import { auditRows, type AuditEntry } from '../../src/shared/audit/audit-entry.js';
import { maxDetailBytes, personalPaths, safeDetails, safeText } from '../../src/shared/audit/safe-details.js';
import { testDatabase, type TestDatabase } from '../support/database.js';

const now = new Date('2026-11-20T10:00:00.123Z');
const entry: AuditEntry = { actor: 'key:abc', action: 'access.key-created', outcome: 'ok' };

describe('audit rows', () => {
  it('carry the whole entry as canonical JSON', () => {
    const runId = '0199a1b2-0000-7000-8000-000000000000';
    const [row] = auditRows(
      [{ ...entry, subject: 'api-key:x', runId, details: { z: 1, a: [true, null] } }],
      now,
    );
    expect(row?.body).toBe(
      `{"action":"access.key-created","actor":"key:abc","at":"2026-11-20T10:00:00.123Z",` +
        `"details":{"a":[true,null],"z":1},"id":"${row?.id}","outcome":"ok","runId":"${runId}","subject":"api-key:x"}`,
    );
    expect(row?.id[14]).toBe('7');
  });

  it('hold no control character and no broken text, whatever is put in', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.jsonValue(), (text, value) => {
        const [row] = auditRows([{ ...entry, actor: text, details: { [text]: text, value } }], now);
        const parsed = JSON.parse(row?.body ?? '');
        expect(canonicalize(parsed)).toBe(row?.body);
        // eslint-disable-next-line no-control-regex
        expect(row?.body).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202e]/);
      }),
    );
  });

  it('shows what would break a line', () => {
    expect(safeText('a\nb\u001b[0m\u2028')).toBe('a\\u000ab\\u001b[0m\\u2028');
    expect(safeText('x'.repeat(5_000))).toHaveLength(2_000);
  });
});

describe('details', () => {
  it.each([
    [{ email: 'x' }, ['email']],
    [{ contact: { first_name: 'Ada', 'Phone-Number': 1 } }, ['contact.first_name', 'contact.Phone-Number']],
    [{ list: [{ body: { a: 1 } }] }, ['list.0.body']],
    [{ note: 'write to ada@example.com' }, ['note']],
    [{ note: `sbx_abc_${'x'.repeat(40)}` }, ['note']],
    [{ apiKey: 'x', client_secret: 'y' }, ['apiKey', 'client_secret']],
  ])('withholds personal data and credentials: %j', (details, paths) => {
    expect(personalPaths(details)).toEqual(paths);
    const text = JSON.stringify(safeDetails(details));
    expect(text).toContain('[withheld]');
    expect(text).not.toMatch(/Ada|ada@|xxxx/);
  });

  it('leaves what is about no person', () => {
    const details = { flow: 'new-lead', from_mode: 'shadow', to_mode: 'live', roles: ['viewer'], count: 3 };
    expect(personalPaths(details)).toEqual([]);
    expect(safeDetails(details)).toEqual(details);
  });

  it('are bounded: larger ones leave their size and hash', () => {
    const items = Array.from({ length: 100 }, (_, i) => `item ${i} ${'y'.repeat(100)}`);
    expect(safeDetails({ items })).toMatchObject({
      omitted: true,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 12 }), (value) => {
        expect(Buffer.byteLength(canonicalize(safeDetails({ value })) ?? '')).toBeLessThanOrEqual(
          maxDetailBytes,
        );
      }),
    );
  });

  it('take numbers, dates, loops and other things that JSON lacks', () => {
    const loop: Record<string, unknown> = {
      n: Number.NaN,
      big: 10n,
      at: now,
      f: () => 1,
      s: Symbol('x'),
      u: undefined,
    };
    loop.self = loop;
    expect(() => auditRows([{ ...entry, details: loop }], now)).not.toThrow();
  });
});

describe('appending', () => {
  let db: TestDatabase;
  beforeAll(async () => void (db = await testDatabase()));
  afterAll(() => db?.close());

  it('writes all entries in one statement, in their order, and none without a statement', async () => {
    const entries = Array.from({ length: 20 }, (_, i) => ({
      ...entry,
      subject: `n:${i}`,
      details: { quote: `"\\u0000'`, i },
    }));
    const before = db.database.counts.statements;
    await db.database.transaction((tx) => appendAudit(tx, entries, now));
    expect(db.database.counts.statements - before).toBe(3);
    await db.database.transaction((tx) => appendAudit(tx, [], now));
    expect(db.database.counts.statements - before).toBe(5);
    const rows = await db.database.query<{ subject: string; body: string; at: Date }>(
      `select subject, body, at from audit.entries order by seq`,
    );
    expect(rows.map(({ subject }) => subject)).toEqual(entries.map(({ subject }) => subject));
    expect(rows[0]?.at).toEqual(now);
    expect(JSON.parse(rows[0]?.body ?? '')).toMatchObject({ details: { quote: `"\\u0000'`, i: 0 } });
  });

  it('rolls back with its transaction', async () => {
    const count = async () => (await db.database.query(`select 1 from audit.entries`)).length;
    const before = await count();
    await expect(
      db.database.transaction(async (tx) => {
        await appendAudit(tx, [entry], now);
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    expect(await count()).toBe(before);
  });
});
