import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../src/shared/kernel/ids.js';
import type { RunDto } from '../../src/shared/admin/runs/runs.dto.js';
import { Rows } from './rows.js';
import { AdminUnderTest } from './support.js';

let t: AdminUnderTest;
let rows: Rows;

beforeAll(async () => {
  t = await AdminUnderTest.start();
  rows = new Rows(t);
});
afterAll(() => t?.close());

type Page = { items: RunDto[]; nextCursor: string | null };
type Problem = { code: string; errors?: { pointer: string }[] };

async function idsOf(path: string): Promise<string[]> {
  const answer = await t.get<Page>('viewer', path);
  expect(answer.status).toBe(200);
  return answer.body.items.map(({ id }) => id);
}

describe('the list of runs', () => {
  it('pages newest first, without gaps or duplicates, while others are added', async () => {
    const made: string[] = [];
    for (let i = 0; i < 25; i++) made.push(await rows.run({ flow: 'paging' }));
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const path: string = `/runs?flow=paging&limit=7${cursor && `&cursor=${cursor}`}`;
      const { body } = await t.get<Page>('viewer', path);
      seen.push(...body.items.map(({ id }) => id));
      cursor = body.nextCursor;
      await rows.run({ flow: 'paging' });
    }
    expect(seen).toEqual([...made].sort().reverse());
  });

  it('filters by flow, several states, mode, step and time', async () => {
    const done = await rows.run({ flow: 'filters', status: 'done', finished_at: new Date() });
    const held = await rows.run({ flow: 'filters', status: 'held', step: 'upsert-contact', mode: 'shadow' });
    const old = await rows.run({
      flow: 'filters',
      id: '018cc251-f400-7000-8000-000000000001',
      status: 'failed',
    });
    expect(await idsOf('/runs?flow=filters')).toEqual([held, done, old]);
    expect(await idsOf('/runs?flow=filters&status=done,failed')).toEqual([done, old]);
    expect(await idsOf('/runs?flow=filters&status=held&status=failed')).toEqual([held, old]);
    expect(await idsOf('/runs?flow=filters&mode=shadow')).toEqual([held]);
    expect(await idsOf('/runs?flow=filters&step=upsert-contact')).toEqual([held]);
    expect(await idsOf('/runs?flow=filters&until=2024-06-01T00:00:00Z')).toEqual([old]);
    expect(await idsOf('/runs?flow=filters&since=2024-06-01T02:00:00%2B02:00')).toEqual([held, done]);
    expect(await idsOf('/runs?flow=filters&since=1900-01-01T00:00:00Z&status=failed')).toEqual([old]);
  });

  it('finds by the business key in clear, of which only the hash is stored', async () => {
    const id = await rows.run({ businessKey: 'Ada@Example.com ' });
    await rows.run({ businessKey: 'other@example.com' });
    expect(await idsOf(`/runs?businessKey=${encodeURIComponent('ada@example.com')}`)).toEqual([id]);
    expect(await idsOf('/runs?businessKey=nobody%40example.com')).toEqual([]);
  });

  it.each([
    ['an unknown filter', 'color=red', '/color'],
    ['an unknown status', 'status=done,asleep', '/status'],
    ['a time without offset', 'since=2026-01-01T00:00:00', '/since'],
    ['a time that is none', 'since=2026-13-01T00:00:00Z', '/since'],
    ['a limit beyond the bound', 'limit=201', '/limit'],
    ['a NUL', 'flow=a%00b', '/flow'],
    ['two values where one fits', 'flow=a&flow=b', '/flow'],
  ])('refuses %s, naming it', async (_, query, pointer) => {
    const { status, body } = await t.get<Problem>('viewer', `/runs?${query}`);
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: 'HTTP.VALIDATION_FAILED' });
    expect(body.errors?.map((item) => item.pointer)).toContain(pointer);
  });

  it('refuses a cursor of another listing', async () => {
    const cursor = Buffer.from(JSON.stringify({ at: '2026-01-01T00:00:00Z', id: newId() })).toString(
      'base64url',
    );
    expect(await t.get('viewer', `/runs?cursor=${cursor}`)).toMatchObject({
      status: 400,
      body: { code: 'HTTP.CURSOR_INVALID' },
    });
  });
});
