import { describe, expect, it } from 'vitest';
import { PollRows } from '../../src/modules/intake/persistence/poll-rows.js';
import { RunPolls } from '../../src/modules/intake/use-cases/run-polls.js';
import { Polls } from '../../src/shared/connectors/polls.js';
import { webhookSecret, withHelpdesk } from './support.js';

const helpdesk = withHelpdesk();
const name = 'zendesk-tickets';
const page = (cursor: string | undefined, now = new Date()) =>
  helpdesk.get(Polls).get(name)!.page(cursor, now, new AbortController().signal);
const longAgo = () => String(Math.floor(Date.now() / 1_000) - 600);

interface Told {
  change: string;
  ticket: { id: string };
}

async function all(from: string): Promise<{ told: Told[]; cursor: string; pages: number }> {
  const told: Told[] = [];
  let cursor = from;
  let pages = 0;
  for (let more = true; more; pages += 1) {
    await helpdesk.refill();
    const next = await page(cursor);
    told.push(...next.bodies.map((body) => JSON.parse(body.toString()) as Told));
    expect(next.more && next.cursor === cursor).toBe(false);
    ({ cursor, more } = next);
  }
  return { told, cursor, pages };
}

/** One round of the poll as the product runs it. */
async function run(): Promise<string | null> {
  await helpdesk.refill();
  await helpdesk.get(PollRows).install([{ name, everySeconds: 120 }]);
  await helpdesk.app.db.database.query(
    `update intake.polls set enabled = true, next_at = now(), cursor = coalesce(cursor, $1) where name = $2`,
    [longAgo(), name],
  );
  await helpdesk.get(RunPolls).runDue();
  return (await helpdesk.get(PollRows).list()).find((row) => row.name === name)?.lastError ?? null;
}

const push = async (ticket: number, type: string): Promise<void> => {
  const url = `${helpdesk.app.url}/webhooks/zendesk`;
  const sent = { url, secret: webhookSecret, ticket, type };
  expect(await helpdesk.sandbox.admin('POST', '/zendesk/webhook/send', sent)).toMatchObject({ status: 200 });
};

describe('the poll of Zendesk’s tickets', () => {
  it('begins now, tells nothing of the past, and asks for nothing that is not exported yet', async () => {
    await helpdesk.open();
    const now = new Date('2026-11-20T12:00:00.750Z');
    const cursor = String(Math.floor(now.getTime() / 1_000));
    for (const given of [undefined, 'nonsense', cursor])
      expect(await page(given, now)).toEqual({ bodies: [], cursor, more: false });
    expect(await helpdesk.sandbox.paths('zendesk')).toEqual([]);
  });

  it('goes on from what it has told, however many changed', async () => {
    const made: string[] = [];
    for (let place = 0; place < 230; place += 1) made.push(String(await helpdesk.open()));
    const first = await all(longAgo());
    expect(first.told.map(({ ticket }) => ticket.id)).toEqual(made);
    expect(first.pages).toBe(3);
    await helpdesk.change(Number(made[0]), { status: 'open', updatedAt: Date.now() + 1_000 });
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const second = await all(first.cursor);
    expect(second.told.map(({ change, ticket }) => [change, ticket.id])).toEqual([['other', made[0]]]);
    expect((await all(second.cursor)).told).toEqual([]);
  });

  it('and the webhook are one: what was pushed too is told once', async () => {
    const id = await helpdesk.open({ status: 'open', priority: 'high' });
    await push(id, 'priority_changed');
    expect(await run()).toBeNull();
    expect((await helpdesk.told()).map(({ change }) => change)).toEqual(['priority']);

    // Later than what was pushed: a change that no webhook told.
    await helpdesk.change(id, { status: 'solved', updatedAt: Date.now() + 1_000 });
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect(await run()).toBeNull();
    expect((await helpdesk.told()).at(-1)).toMatchObject({
      ...{ provider: 'zendesk', ticketId: String(id), change: 'other', status: 'solved', priority: 'high' },
    });
    await run();
    expect(await helpdesk.told()).toHaveLength(2);
  });

  it('tells what is new from what was deleted', async () => {
    const then = Math.floor(Date.now() / 1_000) * 1_000 - 300_000;
    const fresh = await helpdesk.open({ updatedAt: then });
    const gone = await helpdesk.open({ updatedAt: then + 1_000 });
    await helpdesk.change(gone, { status: 'deleted', updatedAt: then + 5_000 });
    const { told } = await all(longAgo());
    expect(told.map(({ change, ticket }) => [ticket.id, change])).toEqual([
      [String(fresh), 'created'],
      [String(gone), 'deleted'],
    ]);
  });

  it('says what was wrong, and asks for another token when one was not taken', async () => {
    await helpdesk.open();
    const match = { path: '/incremental/' };
    for (const [kind, code] of [
      ['403', 'SUPPORT.PERMISSION_MISSING'],
      ['429', 'SUPPORT.RATE_LIMITED'],
      ['422-text', 'SUPPORT.REQUEST_REFUSED'],
      ['502-html', 'SUPPORT.UNAVAILABLE'],
      ['reset-after', 'SUPPORT.UNAVAILABLE'],
    ]) {
      await helpdesk.refill();
      await helpdesk.sandbox.admin('POST', '/zendesk/faults', [{ match, kind, times: 1 }]);
      await expect(page(longAgo())).rejects.toMatchObject({ code });
    }
    await helpdesk.refill();
    await helpdesk.sandbox.admin('POST', '/zendesk/tokens/revoke');
    await expect(page(longAgo())).rejects.toMatchObject({ code: 'SUPPORT.CREDENTIALS_REFUSED' });
    expect((await page(longAgo())).bodies).toHaveLength(1);
  });
});
