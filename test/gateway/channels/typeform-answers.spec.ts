import { afterAll, beforeAll, expect, it } from 'vitest';
import { TypeformChannel } from '../../../src/modules/intake/channels/typeform.channel.js';
import { contactForm } from '../../../src/modules/intake/domain/form.js';
import { Forms } from '../../../src/modules/intake/persistence/forms.js';
import { ChannelDriver, post } from '../channel-driver.js';

let driver: ChannelDriver;
let typeform: TypeformChannel;
beforeAll(async () => {
  driver = await ChannelDriver.start();
  typeform = driver.app.app.get(TypeformChannel, { strict: false });
});
afterAll(() => driver.close());

async function statusAt(form: string, body: Buffer): Promise<number> {
  const signed = driver.sign(typeform, { contentType: 'application/json', body });
  const headers = { 'content-type': signed.contentType, ...signed.headers };
  return (await post(`${driver.app.url}/webhooks/forms/${form}`, body, headers)).status;
}

it('a form that is disabled is answered with 503, for 404 would end the webhook; an unknown one with 404', async () => {
  const forms = driver.app.app.get(Forms, { strict: false });
  await forms.put({ ...contactForm, name: 'paused', via: 'typeform', enabled: false }, 'test');
  const before = await driver.counts();
  const { body } = driver.example(typeform);
  expect(await statusAt('paused', body)).toBe(503);
  expect(await statusAt('never-made', body)).toBe(404);
  expect(await driver.counts()).toEqual(before);
});

it('what cannot be read is kept and answered as taken, for Typeform would only repeat it', async () => {
  const before = await driver.counts();
  expect(await statusAt('survey', Buffer.from('{"event_type":"form_response"}'))).toBe(200);
  const { bodies, messages } = await driver.counts();
  expect([bodies, messages]).toEqual([before.bodies + 1, before.messages]);
});

it('a complete response is taken after a partial one of the same token', async () => {
  const { messages } = await driver.counts();
  const email = { type: 'email', email: 'ada@example.com', field: { id: 'f1', ref: 'email' } };
  const response = { token: 'tok_both', submitted_at: '2026-11-20T12:00:00Z', answers: [email] };
  const send = (event_type: string): Promise<number> =>
    statusAt('survey', Buffer.from(JSON.stringify({ event_type, form_response: response })));
  expect([await send('form_response_partial'), await send('form_response')]).toEqual([200, 200]);
  expect((await driver.counts()).messages).toBe(messages + 1);
});
