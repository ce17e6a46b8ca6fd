import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LeadPolicy } from '../../src/modules/enrichment/domain/lead-policy.js';
import { leadEnrichmentPolicy } from '../../src/modules/enrichment/policies/lead-enrichment.policy.js';
import type {
  PolicyDto,
  PolicySummaryDto,
  PolicyVersionDto,
} from '../../src/shared/admin/policies/policies.dto.js';
import type { Role } from '../../src/shared/access/abilities.js';
import { KeyRing } from '../../src/shared/crypto/key-ring.js';
import { newId } from '../../src/shared/kernel/ids.js';
import { decided } from '../../src/shared/policies/policy-decisions.js';
import { PolicyStore } from '../../src/shared/policies/policy-store.js';
import { AdminUnderTest, type Answer } from './support.js';

let t: AdminUnderTest;
beforeAll(async () => (t = await AdminUnderTest.start()));
afterAll(() => t?.close());

const path = '/admin/v1/policies/lead-enrichment';
const { initial } = leadEnrichmentPolicy;
const withBase = (base: number): LeadPolicy => ({ ...initial, score: { ...initial.score, base } });

const read = () => t.get<PolicyDto>('viewer', '/policies/lead-enrichment');

/** A change by somebody who has just read the policy. */
async function change(
  method: 'PUT' | 'POST' | 'DELETE',
  below: string,
  body?: unknown,
): Promise<Answer<PolicyDto>> {
  const etag = String((await read()).headers['etag']);
  return t.call<PolicyDto>('editor', method, `${path}/${below}`, { body, headers: { 'if-match': etag } });
}

describe('policies', () => {
  it('are listed with the version by which is decided', async () => {
    const { body } = await t.get<{ items: PolicySummaryDto[] }>('viewer', '/policies');
    expect(body.items.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['crm-contact', 'lead-enrichment']),
    );
    expect(body.items.find(({ name }) => name === 'lead-enrichment')).toMatchObject({
      ...{
        title: 'Lead enrichment',
        revision: 1,
        activeVersion: 1,
        activatedBy: 'system',
        draftVersion: null,
      },
      dryRun: true,
    });
  });

  it('are shown with their schema, and unknown ones are not', async () => {
    const { body, headers } = await read();
    expect(body).toMatchObject({
      schema: { type: 'object' },
      active: { state: 'active', body: initial },
      draft: null,
    });
    expect(headers['etag']).toBe('"r1"');
    expect(await t.get('viewer', '/policies/no-such')).toMatchObject({
      status: 404,
      body: { code: 'POLICIES.UNKNOWN' },
    });
    expect((await t.get('viewer', '/policies/lead-enrichment/versions/9')).status).toBe(404);
  });

  it('take drafts of an editor who has seen them, and decide nothing by them', async () => {
    const put = (role: Role, headers: Record<string, string>) =>
      t.call(role, 'PUT', `${path}/draft`, { body: { body: withBase(20) }, headers });
    expect((await put('viewer', { 'if-match': '"r1"' })).status).toBe(403);
    expect((await put('editor', {})).status).toBe(428);
    expect((await put('editor', { 'if-match': '"r7"' })).status).toBe(412);
    const saved = await change('PUT', 'draft', { body: withBase(20) });
    expect(saved).toMatchObject({ status: 200, body: { revision: 2, activeVersion: 1, draftVersion: 2 } });
    const again = await change('PUT', 'draft', { body: withBase(30) });
    expect(again.body).toMatchObject({
      revision: 3,
      draftVersion: 2,
      draft: { body: { score: { base: 30 } } },
    });
    const active = await t.app.get(PolicyStore).active(leadEnrichmentPolicy);
    expect(active).toMatchObject({ version: 1, body: initial });
  });

  it('refuse a body that their schema does not allow, with each place', async () => {
    const wrong = { ...initial, defaultCountry: 'Germany', more: 1 };
    expect(await change('PUT', 'draft', { body: wrong })).toMatchObject({
      status: 400,
      body: {
        code: 'POLICIES.INVALID',
        errors: [{ message: expect.stringContaining('more') as string }, { pointer: '/defaultCountry' }],
      },
    });
  });

  it('show what changes between two versions', async () => {
    const { body } = await t.get('viewer', '/policies/lead-enrichment/diff?from=1&to=2');
    expect(body).toEqual({ operations: [{ op: 'replace', path: '/score/base', value: 30 }] });
  });

  it('try a draft on what was decided, and show only what would have been another decision', async () => {
    await decide({ email: 'ada@example.com' }, 35);
    await decide({ email: 'bob@example.com' }, 55);
    const tried = await t.post('editor', '/policies/lead-enrichment/dry-run', {});
    expect(tried).toMatchObject({ status: 200, body: { considered: 2, changed: 1 } });
    expect(tried.body['examples']).toMatchObject([{ before: { score: 35 }, after: { score: 55 } }]);
    expect(tried.raw.toString()).not.toContain('ada@');
    const none = await t.post('editor', '/policies/lead-enrichment/dry-run', { body: initial, last: 1 });
    expect(none.body).toMatchObject({ considered: 1, changed: 1 });
  });

  it('are activated with a reason; what was active is retired, and can be gone back to', async () => {
    expect((await change('POST', 'activate', { version: 2 })).status).toBe(400);
    const activated = await change('POST', 'activate', { version: 2, reason: 'more leads are good' });
    expect(activated).toMatchObject({
      status: 200,
      body: {
        activeVersion: 2,
        activatedBy: t.actor('editor'),
        draft: null,
        active: { reason: 'more leads are good' },
      },
    });
    expect(await t.app.get(PolicyStore).active(leadEnrichmentPolicy)).toMatchObject({
      version: 2,
      body: withBase(30),
    });
    expect(await change('POST', 'activate', { version: 2, reason: 'again' })).toMatchObject({
      status: 409,
      body: { code: 'POLICIES.NOT_ACTIVATABLE' },
    });
    expect(
      (await change('POST', 'activate', { version: 1, reason: 'they were not' })).body.activeVersion,
    ).toBe(1);
    expect(await t.audit('policies.activated')).toMatchObject([
      { details: { before: 1, version: 2, reason: 'more leads are good', changes: ['replace /score/base'] } },
      { details: { before: 2, version: 1 } },
    ]);
  });

  it('list their versions, newest first and page by page', async () => {
    const pages = [];
    let cursor = '';
    do {
      const { body } = await t.get<{ items: PolicyVersionDto[]; nextCursor: string | null }>(
        'viewer',
        `/policies/lead-enrichment/versions?limit=1${cursor && `&cursor=${cursor}`}`,
      );
      pages.push(body.items.map(({ version, state }) => `${version} ${state}`));
      cursor = body.nextCursor ?? '';
    } while (cursor);
    expect(pages).toEqual([['2 retired'], ['1 active']]);
  });

  it('discard a draft once, and take the next number for the next one only when it was activated', async () => {
    await change('PUT', 'draft', { body: withBase(40) });
    expect((await change('DELETE', 'draft')).body).toMatchObject({ draft: null });
    expect(await change('DELETE', 'draft')).toMatchObject({
      status: 409,
      body: { code: 'POLICIES.NO_DRAFT' },
    });
    expect((await t.post('editor', '/policies/lead-enrichment/dry-run', {})).status).toBe(409);
    expect(await t.audit('policies.draft-discarded')).toHaveLength(1);
  });

  it('let one of two who change the same revision win', async () => {
    const etag = String((await read()).headers['etag']);
    const answers = await Promise.all(
      [50, 60].map((base) =>
        t.call('editor', 'PUT', `${path}/draft`, {
          body: { body: withBase(base) },
          headers: { 'if-match': etag },
        }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
  });
});

/** A decision as a step records it. */
async function decide(given: Record<string, string>, score: number): Promise<void> {
  const fields = {
    email: { value: given['email']!, source: 'given', confidence: 1 },
    emailType: { value: 'company', source: 'derived', confidence: 1 },
  };
  const keys = t.app.get(KeyRing);
  const created = keys.create([]);
  const policy = { name: 'lead-enrichment', version: 1, body: initial };
  const place = {
    actor: 'flow:new-lead',
    runId: newId(),
    step: 'enrich-lead',
    key: created.key,
    now: new Date(),
  };
  const { set, row } = decided(policy, { fields }, { score, rules: { 'company-mail': 25 } }, place);
  await t.db.database.transaction(async (tx) => {
    await keys.store(tx, [created]);
    await set.write(tx, [row], () => undefined);
  });
}
