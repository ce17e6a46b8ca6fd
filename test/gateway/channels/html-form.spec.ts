import { beforeEach, describe, expect, it } from 'vitest';
import type { InboundRequest, Update } from '../../../src/modules/intake/channels/channel.js';
import { HtmlFormChannel } from '../../../src/modules/intake/channels/html-form.channel.js';
import { contactForm, type FormSettings } from '../../../src/modules/intake/domain/form.js';
import { OneForm } from '../one-form.js';
import { encoded, multipart, pageOrigin, pageRequest, type Posted } from '../page-forms.js';

const requestId = '019a0000-0000-7000-8000-000000000001';
const settings = { origins: [pageOrigin, 'https://shop.example.com'], honeypot: 'website_url' };
const filled = { email: 'ada@example.com', first_name: 'Ada', favourite: 'blue' };

function channelOf(more: FormSettings = {}): HtmlFormChannel {
  return new HtmlFormChannel(new OneForm('html', { name: 'site', settings: { ...settings, ...more } }));
}

let channel: HtmlFormChannel;
beforeEach(() => {
  channel = channelOf();
});

async function updateOf(posted: Posted, more: Partial<InboundRequest> = {}): Promise<Update> {
  const updates = await channel.read(pageRequest(posted, more), requestId);
  expect(updates).toHaveLength(1);
  return updates[0]!;
}

const keyOf = async (posted: Posted, more: Partial<InboundRequest> = {}): Promise<string> =>
  (await updateOf(posted, more)).key;

describe('what a page posts', () => {
  it('is a submission of the form, at the time of the request', async () => {
    const update = await updateOf(encoded({ ...filled, _id: 'view-0001', website_url: ' ' }));
    expect(update).toMatchObject({
      key: 'site:view-0001',
      event: { dataSubjects: ['email:ada@example.com'] },
    });
    expect(update.event?.message).toEqual({
      submissionId: requestId,
      form: 'site',
      submittedAt: '2026-11-20T12:00:00.000Z',
      fields: { email: 'ada@example.com', firstName: 'Ada' },
      extra: { favourite: 'blue' },
    });
  });

  it('may have files, which are named and left out, also where the form takes no further fields', async () => {
    const fields = { ...contactForm.fields, additionalProperties: false };
    const strict = new HtmlFormChannel(new OneForm('html', { name: 'site', settings, fields }));
    const posted = multipart([
      { name: 'email', value: 'ada@example.com' },
      { name: '_id', value: 'view-0001' },
      { name: 'website_url', value: '' },
      { name: 'cv', value: 'content', file: 'cv.txt' },
      { name: 'photo', value: 'content', file: 'me.png' },
    ]);
    const [update] = await strict.read(pageRequest(posted), requestId);
    expect(update?.event?.message).toHaveProperty('extra', { files_dropped: 'cv.txt, me.png' });
  });

  it('that does not fit the form is refused', async () => {
    await expect(updateOf(encoded({ email: 'nobody' }))).rejects.toMatchObject({
      code: 'INTAKE.PAYLOAD_REFUSED',
      details: { errors: [{ pointer: '/data/email' }] },
    });
  });

  it('with the honeypot filled is ignored, whatever else it has, and takes no key of a person', async () => {
    const update = await updateOf(encoded({ email: 'nobody', website_url: 'x', _id: 'view-0001' }));
    expect(update).toEqual({
      key: expect.stringMatching(/^site:honeypot:sha256:/) as string,
      ignored: 'The honeypot was filled.',
    });
  });
});

describe('the key of a submission', () => {
  it.each(['short', 'with blank', 'x'.repeat(101), 'ünicode-view'])('is not the id %j', async (_id) => {
    expect(await keyOf(encoded({ ...filled, _id }))).toMatch(/^site:sha256:[0-9a-f]{64}$/);
  });

  it('without an id is the same for the same fields of a network in a minute', async () => {
    const posted = encoded(filled);
    const first = await keyOf(posted, { ip: '2001:db8::1', receivedAt: new Date('2026-11-20T12:00:01Z') });
    const again = { ip: '2001:db8::2', receivedAt: new Date('2026-11-20T12:00:59Z') };
    expect(await keyOf(posted, again)).toBe(first);
    expect(await keyOf(posted, { ...again, ip: '2001:db8:0:1::2' })).not.toBe(first);
    expect(await keyOf(posted, { ...again, receivedAt: new Date('2026-11-20T12:01:00Z') })).not.toBe(first);
    expect(await keyOf(encoded({ ...filled, favourite: 'red' }), again)).not.toBe(first);
  });

  it('is the same whatever boundary the browser makes', async () => {
    const parts = [{ name: 'email', value: 'ada@example.com' }];
    expect(await keyOf(multipart(parts, 'one'))).toBe(await keyOf(multipart(parts, 'two')));
    const withFile = [...parts, { name: 'cv', value: '', file: 'cv.txt' }];
    expect(await keyOf(multipart(withFile))).not.toBe(await keyOf(multipart(parts)));
  });
});

describe('a page', () => {
  const verify = (headers: Record<string, string | undefined>): Promise<unknown> =>
    channel.verify(pageRequest(encoded(filled), { headers }));

  it.each([
    ['of an origin', { origin: 'https://shop.example.com' }],
    ['that only names itself', { origin: undefined, referer: `${pageOrigin}/contact?x=1` }],
  ])('%s of the form may post', async (_what, headers) => {
    expect(await verify(headers)).toEqual({});
  });

  it.each([
    ['elsewhere', { origin: 'https://evil.example' }],
    ['without TLS', { origin: 'http://www.example.com' }],
    ['at another port', { origin: `${pageOrigin}:8443` }],
    ['without an origin', { origin: undefined }],
    ['that hides its origin', { origin: 'null' }],
    [
      'elsewhere, named by the referrer',
      { origin: undefined, referer: `https://evil.example/${pageOrigin}` },
    ],
    ['with a broken referrer', { origin: undefined, referer: 'www.example.com' }],
    ['elsewhere, with a referrer of the form', { origin: 'https://evil.example', referer: `${pageOrigin}/` }],
  ])('%s may not', async (_what, headers) => {
    await expect(verify(headers)).rejects.toMatchObject({ code: 'INTAKE.NOT_ALLOWED', kind: 'forbidden' });
  });
});

describe('a network', () => {
  const send = (ip: string): Promise<unknown> => channel.verify(pageRequest(encoded(filled), { ip }));
  const busy = { code: 'INTAKE.TOO_MANY_REQUESTS', retryAfterMs: expect.any(Number) as number };

  it('may submit five times a minute', async () => {
    for (let n = 1; n <= 5; n += 1) await send(`2001:db8::${n}`);
    await expect(send('2001:db8::9')).rejects.toMatchObject(busy);
    expect(await send('2001:db8:0:1::9')).toEqual({});
  });

  it('may submit as often as the form says', async () => {
    channel = channelOf({ perMinute: 2 });
    for (let n = 1; n <= 2; n += 1) await send('192.0.2.1');
    await expect(send('192.0.2.1')).rejects.toMatchObject(busy);
  });

  it('is not counted for what another page sends', async () => {
    channel = channelOf({ perMinute: 1 });
    const headers = { origin: 'https://evil.example' };
    const foreign = channel.verify(pageRequest(encoded(filled), { ip: '192.0.2.1', headers }));
    await expect(foreign).rejects.toMatchObject({ kind: 'forbidden' });
    expect(await send('192.0.2.1')).toEqual({});
  });
});
