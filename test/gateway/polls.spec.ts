import { afterAll, beforeAll, expect, it } from 'vitest';
import type { PolledPage } from '../../src/shared/connectors/polls.js';
import { Polls } from '../../src/shared/connectors/polls.js';
import { PollRows } from '../../src/modules/intake/persistence/poll-rows.js';
import { RunPolls } from '../../src/modules/intake/use-cases/run-polls.js';
import { PayloadRefused } from '../../src/modules/intake/intake.errors.js';
import type { Channel } from '../../src/modules/intake/channels/channel.js';
import { ChannelDriver } from './channel-driver.js';

/** A provider that is asked for pages by their number, and may be out of order. */
class Pages {
  readonly name = 'pages';
  readonly channel = 'stripe';
  readonly title = 'Pages of a test';
  readonly defaultSeconds = 60;
  readonly asked: (string | undefined)[] = [];
  isDown = false;
  pages: Buffer[][] = [];

  async page(cursor: string | undefined): Promise<PolledPage> {
    this.asked.push(cursor);
    if (this.isDown) throw PayloadRefused({ message: 'the provider is down' });
    const at = Number(cursor ?? '0');
    return {
      bodies: this.pages[at] ?? [],
      cursor: String(Math.min(at + 1, this.pages.length)),
      more: at + 1 < this.pages.length,
    };
  }
}

let driver: ChannelDriver;
let stripe: Channel;
let polls: RunPolls;
let rows: PollRows;
const pages = new Pages();
beforeAll(async () => {
  driver = await ChannelDriver.start();
  stripe = driver.channels.find(({ name }) => name === 'stripe') as Channel;
  const get = <T>(type: abstract new (...args: never[]) => T): T =>
    driver.app.app.get(type, { strict: false });
  get(Polls).add(pages);
  polls = get(RunPolls);
  rows = get(PollRows);
  await rows.install([{ name: 'pages', everySeconds: 60 }]);
});
afterAll(() => driver.close());

async function enable(): Promise<void> {
  await driver.app.db.database.query(
    `update intake.polls set enabled = true, next_at = now() where name = 'pages'`,
  );
}

async function row() {
  return (await rows.list()).find(({ name }) => name === 'pages');
}

it('is not run until somebody wants it', async () => {
  await polls.runDue();
  expect(pages.asked).toEqual([]);
});

it('takes page after page, goes on from its cursor, and knows what was pushed', async () => {
  const [pushed, other, third] = [1, 2, 3].map(() => driver.genuine(stripe));
  await driver.send(stripe, pushed!);
  const before = await driver.counts();
  pages.pages = [[pushed!.body, other!.body], [third!.body]];
  await enable();
  await polls.runDue();
  expect(pages.asked).toEqual([undefined, '1']);
  expect((await driver.counts()).messages).toBe(before.messages + 2);
  expect(await row()).toMatchObject({ cursor: '2', failures: 0, lastError: null });
  await enable();
  await polls.runDue();
  expect(pages.asked.at(-1)).toBe('2');
  expect((await driver.counts()).messages).toBe(before.messages + 2);
});

it('is run by one process at a time, and taken over from one that died', async () => {
  await enable();
  const mine = '00000000-0000-4000-8000-000000000001';
  expect(await rows.claim(['pages'], mine, 60)).toMatchObject({ name: 'pages' });
  const asked = pages.asked.length;
  await polls.runDue();
  expect(pages.asked).toHaveLength(asked);
  await driver.app.db.database.query(`update intake.polls set lease_expires_at = now() - interval '1 s'`);
  await polls.runDue();
  expect(pages.asked).toHaveLength(asked + 1);
  expect(await rows.advance('pages', mine, '9', 60)).toBe(false);
});

it('that fails keeps its cursor, says why, and comes later and later', async () => {
  pages.isDown = true;
  const before = await row();
  for (const failures of [1, 2]) {
    await enable();
    await polls.runDue();
    expect(await row()).toMatchObject({
      failures,
      cursor: before?.cursor,
      lastError: 'INTAKE.PAYLOAD_REFUSED: the provider is down',
    });
  }
  const wait = (await row())!.nextAt.getTime() - Date.now();
  expect(wait).toBeGreaterThan(200_000);
  expect(wait).toBeLessThan(260_000);
});
