import { describe, expect, it } from 'vitest';
import { at, freshSandbox, type SandboxUnderTest } from './support.js';

const guid = '0d1f2c3b-5a6b-4c7d-8e9f-102030405060';
const path = `/form-integrations/v1/submissions/forms/${guid}`;

async function withSubmissions(count: number): Promise<SandboxUnderTest> {
  const hubspot = await freshSandbox();
  await hubspot.admin('PUT', `/hubspot/forms/${guid}`);
  for (let place = 0; place < count; place += 1) {
    await hubspot.admin('POST', `/hubspot/forms/${guid}/submissions`, {
      ...{ values: { email: `p${place}@example.com` }, submittedAt: 1_790_000_000_000 + place },
    });
  }
  return hubspot;
}

describe('submissions of a form', () => {
  it('are listed newest first, 20 at a time unless asked, page after page', async () => {
    const hubspot = await withSubmissions(25);
    const { status, body } = await hubspot.call('GET', path);
    expect(status).toBe(200);
    expect(at(body, 'results.length')).toBe(20);
    expect(at(body, 'results.0')).toEqual({
      conversionId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      submittedAt: 1_790_000_000_024,
      values: [{ name: 'email', value: 'p24@example.com', objectTypeId: '0-1' }],
      pageUrl: 'https://www.example.com/contact',
    });
    const after = String(at(body, 'paging.next.after'));
    const second = (await hubspot.call('GET', `${path}?after=${after}`)).body;
    expect(at(second, 'results.4.submittedAt')).toBe(1_790_000_000_000);
    expect(at(second, 'paging')).toBeUndefined();
  });

  it('are refused to a token without the scope, for an unknown form, and by too many at once', async () => {
    const hubspot = await withSubmissions(1);
    expect((await hubspot.call('GET', `${path}?limit=51`)).status).toBe(400);
    expect((await hubspot.call('GET', `${path}?after=nonsense`)).status).toBe(400);
    expect((await hubspot.call('GET', `${path}0`)).status).toBe(404);
    expect((await hubspot.admin('POST', `/hubspot/forms/${guid}/submissions`, { values: {} })).status).toBe(
      400,
    );
    await hubspot.admin('PUT', '/hubspot/scopes', ['crm.objects.contacts.read']);
    const refused = await hubspot.call('GET', path);
    expect([refused.status, at(refused.body, 'errors.0.context.requiredGranularScopes')]).toEqual([
      403,
      ['forms'],
    ]);
  });
});
