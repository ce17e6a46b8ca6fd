import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contactForm, type FormSettings } from '../../../src/modules/intake/domain/form.js';
import { Forms } from '../../../src/modules/intake/persistence/forms.js';
import { ChannelDriver, post, type Answer } from '../channel-driver.js';
import { encoded, pageOrigin, urlencoded } from '../page-forms.js';

let driver: ChannelDriver;
beforeAll(async () => {
  driver = await ChannelDriver.start();
  const forms = driver.app.app.get(Forms, { strict: false });
  const put = (name: string, more: FormSettings, enabled = true): Promise<unknown> => {
    const settings = { origins: [pageOrigin], perMinute: 1_000, ...more };
    return forms.put({ ...contactForm, name, via: 'html', enabled, settings }, 'test');
  };
  await put('thankful', { thanks: `${pageOrigin}/thänks`, honeypot: 'website_url' });
  await put('seldom', { perMinute: 2 });
  await put('paused', {}, false);
});
afterAll(() => driver.close());

let counter = 0;
const filled = (): Record<string, string> => ({ email: 'ada@example.com', _id: `view-${(counter += 1000)}` });

async function send(
  form: string,
  fields: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const own = { 'content-type': urlencoded, origin: pageOrigin };
  return post(`${driver.app.url}/webhooks/forms/${form}`, encoded(fields).body, { ...own, ...headers });
}

const mayRead = { 'access-control-allow-origin': pageOrigin, vary: 'Origin' };

describe('a browser', () => {
  it('gets a receipt that its page may read', async () => {
    const answer = await send('site', filled());
    expect(answer).toMatchObject({ status: 202, headers: mayRead });
    expect(JSON.parse(answer.body)).toEqual({ id: expect.any(String) as string, duplicate: false });
    expect(answer.headers['access-control-allow-credentials']).toBeUndefined();
  });

  it('goes to the page of thanks, also when it sends again', async () => {
    const fields = filled();
    const { messages } = await driver.counts();
    const shown = { 'sec-fetch-mode': 'navigate', accept: 'text/html,application/json;q=0.1' };
    for (const headers of [undefined, shown]) {
      const answer = await send('thankful', fields, headers);
      expect(answer).toMatchObject({ status: 303, body: '', headers: mayRead });
      expect(answer.headers['location']).toBe(`${pageOrigin}/th%C3%A4nks`);
    }
    expect((await driver.counts()).messages).toBe(messages + 1);
  });

  it.each<Record<string, string>>([{ 'sec-fetch-mode': 'cors' }, { accept: 'application/json' }])(
    'gets the receipt where a script of the page sends (%j)',
    async (headers) => {
      expect(await send('thankful', filled(), headers)).toMatchObject({ status: 202, headers: mayRead });
    },
  );

  it('may read why its form was refused', async () => {
    const answer = await send('thankful', { email: 'nobody' });
    expect(answer).toMatchObject({ status: 400, headers: mayRead });
    expect(answer.headers['location']).toBeUndefined();
  });

  it('is told to wait after too many', async () => {
    const answers = [];
    for (let n = 0; n < 3; n += 1) answers.push(await send('seldom', filled()));
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 429]);
    expect(answers[2]?.headers).toMatchObject({
      ...mayRead,
      'retry-after': expect.stringMatching(/^\d+$/) as string,
      'access-control-expose-headers': 'Retry-After',
    });
  });
});

it.each(['site', 'thankful'])('a robot at %s cannot tell that it was ignored', async (form) => {
  const person = await send(form, filled());
  const { messages, bodies } = await driver.counts();
  const robot = await send(form, { ...filled(), website_url: 'https://spam.example' });
  expect(await driver.counts()).toMatchObject({ messages, bodies: bodies + 1 });
  expect(robot.status).toBe(person.status);
  expect(Object.keys(robot.headers)).toEqual(Object.keys(person.headers));
  expect(robot.body.replace(/[0-9a-f-]{36}/, 'id')).toBe(person.body.replace(/[0-9a-f-]{36}/, 'id'));
});

describe('what is not for this form', () => {
  it.each<[string, number, () => Promise<Answer>]>([
    ['a page elsewhere', 403, () => send('site', filled(), { origin: 'https://evil.example' })],
    ['a JSON body', 415, () => send('site', filled(), { 'content-type': 'application/json' })],
    ['a form that is disabled', 404, () => send('paused', filled())],
  ])('%s is answered with %i and leaves nothing', async (_what, status, request) => {
    const before = await driver.counts();
    const answer = await request();
    expect(answer.status).toBe(status);
    expect(await driver.counts()).toEqual(before);
  });

  it('may not be read by its page', async () => {
    const { headers } = await send('site', filled(), { origin: 'https://evil.example' });
    expect(headers['vary']).toBe('Origin');
    expect(headers['access-control-allow-origin']).toBeUndefined();
  });
});

describe('a preflight', () => {
  const ask = (form: string, origin?: string): Promise<Answer> =>
    post(
      `${driver.app.url}/webhooks/forms/${form}`,
      Buffer.alloc(0),
      { 'access-control-request-method': 'POST', ...(origin && { origin }) },
      'OPTIONS',
    );

  it('lets the pages of a form send', async () => {
    expect(await ask('site', pageOrigin)).toMatchObject({
      status: 204,
      headers: { ...mayRead, 'access-control-allow-methods': 'POST', 'access-control-max-age': '600' },
    });
  });

  it.each([
    ['site', 'https://evil.example', 403],
    ['site', undefined, 403],
    ['paused', pageOrigin, 404],
    ['contact', pageOrigin, 404],
    ['never-made', pageOrigin, 404],
  ])('for %s from %s is refused with %i', async (form, origin, status) => {
    const answer = await ask(form, origin);
    expect(answer.status).toBe(status);
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
  });
});
