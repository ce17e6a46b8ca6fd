import { afterAll, beforeAll, expect, it } from 'vitest';
import { AlertmanagerChannel } from '../../../src/modules/intake/channels/alertmanager.channel.js';
import { Overloaded } from '../../../src/modules/intake/intake.errors.js';
import { Pressure } from '../../../src/modules/intake/use-cases/pressure.js';
import { ChannelDriver, type Answer } from '../channel-driver.js';

const channel = new AlertmanagerChannel();

const alert = (fingerprint: string, more: object = {}): object => ({
  ...{ status: 'firing', fingerprint, startsAt: '2026-11-20T11:50:00.123456789Z', labels: {}, ...more },
});

let driver: ChannelDriver;
beforeAll(async () => {
  driver = await ChannelDriver.start();
});
afterAll(() => driver.close());

const send = (alerts: readonly object[]): Promise<Answer> => {
  const body = Buffer.from(JSON.stringify({ version: '4', groupKey: 'g', alerts }));
  return driver.send(channel, driver.sign(channel, { contentType: 'application/json', body }));
};
const statuses = async (fingerprint: string): Promise<string[]> =>
  (
    await driver.app.db.database.query<{ status: string }>(
      `select status from intake.inbound where channel = 'alertmanager' and delivery_key like $1 order by id`,
      [`${fingerprint} %`],
    )
  ).map(({ status }) => status);

it('what fires again is a duplicate; what fired before it was over, and comes after, is superseded', async () => {
  const firing = alert('f1');
  const resolved = alert('f2', { status: 'resolved' });
  await send([firing, resolved]);
  const again = await send([firing]);
  expect(JSON.parse(again.body)).toMatchObject({ duplicate: true });
  await send([alert('f2')]);
  await send([alert('f2', { startsAt: '2026-11-20T12:50:00Z' })]);
  expect(await statuses('f1')).toEqual(['accepted']);
  expect(await statuses('f2')).toEqual(['accepted', 'superseded', 'accepted']);
});

it('only 503 makes Alertmanager come again, so that is what it gets when the gateway is busy', async () => {
  const pressure = driver.app.app.get(Pressure, { strict: false });
  pressure.require = () => {
    throw Overloaded({ retryAfterMs: 5_000 });
  };
  const answer = await send([alert('f3')]);
  Reflect.deleteProperty(pressure, 'require');
  expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
  expect((await send([alert('f3')])).status).toBe(200);
});

it('what cannot be read at all is refused and kept', async () => {
  const before = await driver.counts();
  expect((await send([{}])).status).toBe(400);
  expect(await driver.counts()).toMatchObject({ messages: before.messages, bodies: before.bodies + 1 });
});
