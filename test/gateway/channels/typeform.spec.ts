import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Update } from '../../../src/modules/intake/channels/channel.js';
import { TypeformChannel } from '../../../src/modules/intake/channels/typeform.channel.js';
import { OneForm } from '../one-form.js';
import { inboundRequest } from '../requests.js';
import { verifiesVectors } from '../vectors.js';

const channel = new TypeformChannel(new OneForm('typeform', { name: 'survey' }));
const requestId = '019a0000-0000-7000-8000-000000000001';

verifiesVectors({ provider: 'forms', schemes: ['typeform'], channel });

const email = { type: 'email', email: 'ada@example.com', field: { id: 'f1', ref: 'email' } };

const notification = (response: object = {}, more: object = {}): object => ({
  event_id: 'evt_1',
  event_type: 'form_response',
  form_response: {
    token: 'tok_1',
    submitted_at: '2026-11-20T13:00:00.5+01:00',
    answers: [email],
    ...response,
  },
  ...more,
});

async function updateOf(body: unknown): Promise<Update | undefined> {
  const updates = await channel.read(inboundRequest(body, { source: 'survey' }), requestId);
  expect(updates).toHaveLength(1);
  return updates[0];
}

/** What a single answer of this kind becomes. */
async function extraOf(answer: object): Promise<unknown> {
  const field = { id: 'f2', ref: 'asked' };
  const update = await updateOf(notification({ answers: [email, { ...answer, field }] }));
  return (update?.event?.message as { extra: Record<string, string> } | undefined)?.extra['asked'];
}

describe('a complete response', () => {
  it('is a submission of the form, by the time and token that Typeform gives', async () => {
    expect(await updateOf(notification())).toMatchObject({
      key: 'survey:tok_1',
      event: {
        subject: `submission:${requestId}`,
        dataSubjects: ['email:ada@example.com'],
        message: {
          submissionId: requestId,
          form: 'survey',
          submittedAt: '2026-11-20T12:00:00.500Z',
          fields: { email: 'ada@example.com' },
          extra: {},
        },
      },
    });
  });

  it.each([
    [{ type: 'text', text: 'Hello' }, 'Hello'],
    [{ type: 'phone_number', phone_number: '+15550100' }, '+15550100'],
    [{ type: 'choice', choice: { id: 'c1', label: 'Sales' } }, 'Sales'],
    [{ type: 'choice', choice: { other: 'Something else' } }, 'Something else'],
    [{ type: 'choices', choices: { labels: ['Red', 'Blue'], other: 'Mauve' } }, 'Red, Blue, Mauve'],
    [{ type: 'boolean', boolean: false }, 'false'],
    [{ type: 'number', number: 0 }, '0'],
    [{ type: 'date', date: '2026-11-20' }, '2026-11-20'],
    [{ type: 'file_url', file_url: 'https://files.example.com/1' }, 'https://files.example.com/1'],
    [{ type: 'url', url: 'https://www.example.com' }, 'https://www.example.com'],
    [{ type: 'payment', payment: { amount: '$20.00', last4: '4242', name: 'A', success: true } }, '$20.00'],
    [{ type: 'new_kind', new_kind: { a: 1 } }, '{"a":1}'],
    [{ type: 'text' }, undefined],
    [{ type: 'text', text: null }, undefined],
    [{ type: '__proto__' }, undefined],
    [{ text: 'without a type' }, undefined],
  ])('%j is kept as %j', async (answer, text) => {
    expect(await extraOf(answer)).toBe(text);
  });

  it('has hidden fields and the score by names of their own, and fields without ref by their id', async () => {
    const answers = [email, { type: 'text', text: 'Yes', field: { id: 'f9' } }, 7, { field: null }];
    const more = { answers, hidden: { utm_source: 'newsletter', empty: '' }, calculated: { score: 9 } };
    const update = await updateOf(notification(more));
    expect(update?.event?.message).toMatchObject({
      extra: { 'hidden.utm_source': 'newsletter', score: '9', f9: 'Yes' },
    });
  });

  it('is mapped by refs, hidden fields too', async () => {
    const mapping = { email: 'email', utmSource: 'hidden.utm_source' };
    const mapped = new TypeformChannel(new OneForm('typeform', { name: 'survey', mapping }));
    const body = notification({ hidden: { utm_source: 'newsletter' } });
    const [update] = await mapped.read(inboundRequest(body, { source: 'survey' }), requestId);
    expect(update?.event?.message).toMatchObject({
      fields: { email: 'ada@example.com', utmSource: 'newsletter' },
      extra: {},
    });
  });

  it.each([
    ['no event type', notification({}, { event_type: 7 })],
    ['no response', notification({}, { form_response: null })],
    ['no token', notification({ token: '' })],
    ['a token that no header could carry', notification({ token: 'a\u0000b' })],
    ['no time', notification({ submitted_at: 'yesterday' })],
    ['a field that the form refuses', notification({ answers: [{ ...email, email: 'nobody' }] })],
    ['no answers at all', notification({ answers: null })],
    ['a list as its body', []],
  ])('with %s cannot be read', async (_what, body) => {
    await expect(updateOf(body)).rejects.toMatchObject({ kind: 'invalid' });
  });
});

it('a partial response is ignored, under another key than the complete one', async () => {
  const update = await updateOf(notification({}, { event_type: 'form_response_partial' }));
  expect(update).toEqual({
    key: 'survey:form_response_partial:tok_1',
    ignored: 'Events of type form_response_partial are not used.',
  });
});

it('whatever Typeform answers with, only coded errors come of it', async () => {
  const json = fc.jsonValue({ maxDepth: 3 });
  const answer = fc.dictionary(
    fc.constantFrom('type', 'text', 'choice', 'choices', 'payment', 'field'),
    json,
  );
  const answers = fc.oneof(
    json,
    fc.array(answer).map((more) => [email, ...more]),
  );
  const body = fc.record({ answers, hidden: json, calculated: json });
  await fc.assert(
    fc.asyncProperty(body, async (response) => {
      const outcome = await updateOf(notification(response)).catch((error: unknown) => error);
      if (outcome instanceof Error) expect(outcome).toMatchObject({ kind: 'invalid' });
      else expect(outcome).toMatchObject({ key: 'survey:tok_1' });
    }),
    { numRuns: 300 },
  );
});

const folder = new URL('../../../../shared/providers/forms/', import.meta.url);
describe.skipIf(!existsSync(folder))('the payloads of the provider (skipped without ../shared)', () => {
  const sample = (name: string): Buffer => readFileSync(new URL(`typeform.${name}.json`, folder));

  it('of a complete response are read', async () => {
    const update = await updateOf(sample('form_response'));
    expect(update?.event?.message).toMatchObject({
      submittedAt: '2026-11-20T11:59:55.000Z',
      fields: { email: 'lead.one@example.com', phone: '+15550100002' },
      extra: { topic: 'Sales', budget: '5000', consent: 'true', 'hidden.utm_source': 'newsletter' },
    });
  });

  it('of a partial one are ignored', async () => {
    expect(await updateOf(sample('form_response_partial'))).toHaveProperty('ignored');
  });
});
