import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Channel } from '../../src/modules/intake/channels/channel.js';
import { contactForm } from '../../src/modules/intake/domain/form.js';
import { Forms } from '../../src/modules/intake/persistence/forms.js';
import { ReplayDelivery } from '../../src/modules/intake/use-cases/replay-delivery.js';
import { newId } from '../../src/shared/kernel/ids.js';
import { ChannelDriver } from './channel-driver.js';

let driver: ChannelDriver;
let channel: Channel;
let replays: ReplayDelivery;
beforeAll(async () => {
  driver = await ChannelDriver.start();
  channel = driver.channels.find(({ name }) => name === 'forms') as Channel;
  replays = driver.app.app.get(ReplayDelivery, { strict: false });
});
afterAll(() => driver.close());

interface Row {
  id: string;
  status: string;
  delivery_key: string;
  replay_of: string | null;
  message_id: string | null;
}

async function row(id: string): Promise<Row> {
  const [found] = await driver.app.db.database.query<Row>(
    `select id, status, delivery_key, replay_of, message_id from intake.inbound where id = $1`,
    [id],
  );
  return found as Row;
}

async function send(data: Record<string, unknown>, id: string): Promise<{ status: number; id: string }> {
  const body = Buffer.from(
    JSON.stringify({ type: 'form.submitted', timestamp: new Date().toISOString(), data }),
  );
  const signed = driver.sign(channel, { contentType: 'application/json', body }, { id });
  const answer = await driver.send(channel, signed);
  const [found] = await driver.app.db.database.query<{ id: string }>(
    `select id from intake.inbound where delivery_key = $1 order by id desc limit 1`,
    [`contact:${id}`],
  );
  return { status: answer.status, id: found?.id ?? '' };
}

describe('a delivery that is read again', () => {
  it('was rejected, and is accepted once its form was mended', async () => {
    const forms = driver.app.app.get(Forms, { strict: false });
    const rejected = await send({ phone: '+15550100200' }, 'msg_mend');
    expect(rejected.status).toBe(400);
    await expect(
      replays.replay(rejected.id, { after: 0, reason: 'too early', actor: 'key:test' }),
    ).rejects.toMatchObject({
      code: 'INTAKE.PAYLOAD_REFUSED',
    });
    const { revision } = await forms.get('contact');
    await forms.put({ ...contactForm, fields: { type: 'object' } }, 'test', revision);
    const accepted = await replays.replay(rejected.id, {
      after: 0,
      reason: 'the form asked for too much',
      actor: 'key:test',
    });
    expect(accepted.duplicate).toBe(false);
    expect(await row(accepted.id)).toMatchObject({
      status: 'accepted',
      delivery_key: 'contact:msg_mend',
      replay_of: rejected.id,
    });
    const [event] = await driver.app.db.database.query<{ correlationid: string }>(
      `select correlationid from messaging.messages where id = $1`,
      [(await row(accepted.id)).message_id],
    );
    expect(event?.correlationid).toBe(accepted.id);
    // The sender, who was refused, sends it again: it is known by now.
    expect(await replays.replay(rejected.id, { after: 0, reason: 'again', actor: 'key:test' })).toEqual({
      ...accepted,
      duplicate: true,
    });
  });

  it('was accepted, and becomes another event; two who ask at once get one', async () => {
    const first = await send({ email: 'again@example.com' }, 'msg_once_more');
    const [a, b] = await Promise.all([
      replays.replay(first.id, { after: 0, reason: 'the run was cancelled', actor: 'key:one' }),
      replays.replay(first.id, { after: 0, reason: 'the run was cancelled', actor: 'key:two' }),
    ]);
    expect(a.id).toBe(b.id);
    expect([a.duplicate, b.duplicate].sort()).toEqual([false, true]);
    const second = await replays.replay(first.id, { after: 1, reason: 'once more', actor: 'key:one' });
    expect(second.duplicate).toBe(false);
    expect(second.id).not.toBe(a.id);
    await expect(replays.replay(first.id, { after: 5, reason: 'x', actor: 'key:one' })).rejects.toMatchObject(
      { code: 'INTAKE.NOT_READABLE' },
    );
    expect(await row(a.id)).toMatchObject({
      status: 'accepted',
      replay_of: first.id,
      delivery_key: 'contact:msg_once_more~r1',
    });
    const [entry] = await driver.app.db.database.query<{ actor: string; body: string }>(
      `select actor, body from audit.entries where subject = $1 and action = 'intake.event-replayed'`,
      [`inbound:${a.id}`],
    );
    expect(entry?.actor).toMatch(/^key:(one|two)$/);
    expect(entry?.body).toContain('the run was cancelled');
  });

  it('does not exist, or is no longer kept', async () => {
    await expect(replays.replay(newId(), { after: 0, reason: 'x', actor: 'key:test' })).rejects.toMatchObject(
      {
        code: 'INTAKE.DELIVERY_NOT_FOUND',
      },
    );
    const { id } = await send({ email: 'gone@example.com' }, 'msg_gone');
    await driver.app.db.database.query(`delete from intake.raw_bodies where id = $1`, [id]);
    await expect(replays.replay(id, { after: 0, reason: 'x', actor: 'key:test' })).rejects.toMatchObject({
      code: 'INTAKE.RAW_BODY_GONE',
    });
  });
});
