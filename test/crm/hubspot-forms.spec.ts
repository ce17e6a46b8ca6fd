import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { standardWebhookHeaders } from '../../src/modules/intake/channels/standard-webhooks.js';
import { contactForm } from '../../src/modules/intake/domain/form.js';
import { Forms } from '../../src/modules/intake/persistence/forms.js';
import { PollRows } from '../../src/modules/intake/persistence/poll-rows.js';
import { RunPolls } from '../../src/modules/intake/use-cases/run-polls.js';
import { formsSecret } from '../support/application.js';
import { HubspotApp } from './support.js';

const hubspot = new HubspotApp();
const guid = '5f0b2c1e-4a56-4f0e-9f5e-1d2c3b4a5968';
const poll = 'hubspot-forms';
beforeAll(async () => {
  await hubspot.start();
  await form('at-hubspot', guid);
});
afterAll(() => hubspot.stop());
beforeEach(async () => {
  await hubspot.reset();
  await hubspot.sandbox.admin('PUT', `/hubspot/forms/${guid}`);
  await hubspot.get(PollRows).install([{ name: poll, everySeconds: 120 }]);
  await hubspot.app.db.database.query(
    `update intake.polls set cursor = null, failures = 0, last_error = null where name = $1`,
    [poll],
  );
});

async function form(name: string, of: string, enabled = true): Promise<void> {
  const mapping = { email: 'email', firstName: 'firstname', message: 'topics' };
  const known = (await hubspot.get(Forms).list()).find((one) => one.name === name);
  await hubspot
    .get(Forms)
    .put(
      { ...contactForm, name, enabled, via: 'hubspot', settings: { guid: of }, mapping },
      'test',
      known?.revision,
    );
}

const submit = (values: object, more: object = {}, to = guid) =>
  hubspot.sandbox.admin('POST', `/hubspot/forms/${to}/submissions`, { values, ...more });

/** One round as the product runs it. */
async function round(): Promise<{ lastError: string | null; cursor: string | null }> {
  await hubspot.app.db.database.query(
    `update intake.polls set enabled = true, next_at = now() where name = $1`,
    [poll],
  );
  await hubspot.get(RunPolls).runDue();
  const row = (await hubspot.get(PollRows).list()).find(({ name }) => name === poll);
  return { lastError: row?.lastError ?? null, cursor: row?.cursor ?? null };
}

const submitted = () => hubspot.events('intake.form-submitted.v1');
const emails = async () =>
  (await submitted()).map(({ fields }) => (fields as Record<string, string>)['email']);

describe('the poll of forms at HubSpot', () => {
  it('begins now, and tells nothing of the past', async () => {
    await submit({ email: 'before@example.com' }, { submittedAt: Date.now() - 1_000 });
    expect(await round()).toMatchObject({ lastError: null });
    expect(await hubspot.sandbox.paths('hubspot')).toEqual([]);
    await round();
    expect(await emails()).toEqual([]);
  });

  it('states a submission in the words of its form, once', async () => {
    await round();
    const values = { email: 'ada@example.com', firstname: 'Ada', topics: ['a', 'b'], budget: '5' };
    const { submittedAt } = await submit(values, { pageUrl: 'https://www.example.com/quote' });
    for (let again = 0; again < 3; again += 1) expect(await round()).toMatchObject({ lastError: null });
    expect(await submitted()).toEqual([
      {
        submissionId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
        form: 'at-hubspot',
        submittedAt: new Date(submittedAt as number).toISOString(),
        fields: { email: 'ada@example.com', firstName: 'Ada', message: 'a;b' },
        extra: { budget: '5', pageUrl: 'https://www.example.com/quote' },
      },
    ]);
  });

  it('reads page after page, and goes on where it was when HubSpot failed', async () => {
    await round();
    const from = Date.now() + 1_000;
    const wanted = Array.from({ length: 120 }, (_, place) => `person${place}@example.com`);
    for (const [place, email] of wanted.entries()) await submit({ email }, { submittedAt: from + place });
    const match = { path: '/form-integrations/' };
    await hubspot.sandbox.admin('POST', '/hubspot/faults', [{ match, kind: '502-html', after: 1, times: 1 }]);
    expect((await round()).lastError).toMatch(/^CRM\./);
    expect((await emails()).length).toBe(50);
    expect(await round()).toMatchObject({ lastError: null });
    expect((await emails()).sort()).toEqual(wanted.sort());
  });

  it('finds what HubSpot lists late', async () => {
    await round();
    const start = Date.now();
    await submit({ email: 'first@example.com' }, { submittedAt: start + 2_000 });
    await round();
    await submit({ email: 'late@example.com' }, { submittedAt: start + 1_000 });
    await round();
    expect(await emails()).toEqual(['first@example.com', 'late@example.com']);
  });

  it('keeps what the form does not accept, and takes it once the form was mended', async () => {
    await round();
    await submit({ firstname: 'Nobody' });
    await submit({ email: 'somebody@example.com' });
    expect(await round()).toMatchObject({ lastError: null });
    expect(await emails()).toEqual(['somebody@example.com']);
    const rows = await hubspot.app.db.database.query<{ status: string }>(
      `select status from intake.inbound where channel = 'hubspot-forms' and status = 'rejected'`,
    );
    expect(rows).toHaveLength(1);
  });

  it('is not held up by a form that HubSpot does not know, and says so', async () => {
    const unknown = '00000000-1111-4222-8333-444444444444';
    await form('a-gone-form', unknown);
    await round();
    await submit({ email: 'still@example.com' });
    const { lastError } = await round();
    expect(lastError).toMatch(/^INTAKE.FORM_UNREADABLE: The form a-gone-form cannot be read at HubSpot/);
    expect(await emails()).toEqual(['still@example.com']);

    // What is submitted meanwhile is not lost.
    await hubspot.sandbox.admin('PUT', `/hubspot/forms/${unknown}`);
    await submit({ email: 'meanwhile@example.com' }, {}, unknown);
    expect(await round()).toMatchObject({ lastError: null });
    expect(await emails()).toEqual(['still@example.com', 'meanwhile@example.com']);
    await form('a-gone-form', unknown, false);
  });
});

describe('a form at HubSpot', () => {
  it('takes nothing at the address of forms, even signed', async () => {
    const body = Buffer.from(JSON.stringify({ type: 'form.submitted', timestamp: new Date(), data: {} }));
    const signed = standardWebhookHeaders(body, { id: 'msg_1', now: new Date(), secret: formsSecret });
    const answer = await fetch(`${hubspot.app.url}/webhooks/forms/at-hubspot`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...signed },
      body,
    });
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ code: 'INTAKE.FORM_UNKNOWN' });
  });

  it('is a channel without an address, with its poll', async () => {
    expect(await hubspot.call('GET', '/admin/v1/channels/hubspot-forms')).toMatchObject({
      ...{ state: 'open', sources: [], secrets: [], missing: [] },
      polls: [{ name: poll, everySeconds: 120 }],
    });
    expect(await hubspot.call('POST', '/admin/v1/channels/hubspot-forms/try', {})).toMatchObject({
      code: 'INTAKE.CHANNEL_UNKNOWN',
    });
  });
});
