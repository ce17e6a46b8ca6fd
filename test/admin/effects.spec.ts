import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EffectDto } from '../../src/shared/admin/effects/effects.dto.js';
import { newId } from '../../src/shared/kernel/ids.js';
import { Rows } from './rows.js';
import { AdminUnderTest } from './support.js';

let t: AdminUnderTest;
let rows: Rows;

beforeAll(async () => {
  t = await AdminUnderTest.start();
  rows = new Rows(t);
});
afterAll(() => t?.close());

async function idsOf(query: string): Promise<string[]> {
  const { status, body } = await t.get<{ items: EffectDto[] }>('viewer', `/effects?${query}`);
  expect(status).toBe(200);
  return body.items.map(({ id }) => id);
}

const resolve = (id: string, body: unknown) =>
  t.call('approver', 'POST', `/admin/v1/effects/${id}/resolve`, { body });

describe('effects', () => {
  it('are listed newest first, by state, connector, flow and run', async () => {
    const run = await rows.run();
    const a = await rows.effect({ flow: 'f', state: 'confirmed', run_id: run, provider_id: '77' });
    const b = await rows.effect({ flow: 'f', state: 'uncertain', connector: 'smtp' });
    const c = await rows.effect({ flow: 'f', state: 'planned' });
    expect(await idsOf('flow=f')).toEqual([c, b, a]);
    expect(await idsOf('flow=f&state=uncertain,planned')).toEqual([c, b]);
    expect(await idsOf('flow=f&connector=smtp')).toEqual([b]);
    expect(await idsOf(`runId=${run}`)).toEqual([a]);
    expect(await idsOf('flow=f&limit=2')).toEqual([c, b]);
    expect((await t.get('viewer', `/effects/${a}`)).body).toMatchObject({ providerId: '77', runId: run });
  });

  it.each([
    ['confirmed', { providerId: '99' }, 'confirmed', '99'],
    ['resend', {}, 'planned', null],
    ['abandoned', {}, 'abandoned', null],
  ])('that are uncertain end by a person’s word: %s', async (decision, more, state, providerId) => {
    const runId = await rows.run({ status: 'held' });
    const delivery = await rows.deadLetter({ status: 'uncertain', run_id: runId });
    const id = await rows.effect({ state: 'uncertain', run_id: runId, delivery_id: delivery });
    const answer = await resolve(id, { decision, reason: 'looked it up', ...more });
    expect(answer).toMatchObject({ status: 200, body: { state, providerId } });
    expect((await t.get('viewer', `/runs/${runId}`)).body).toMatchObject({ status: 'running' });
    const entries = (await t.audit(`effects.${decision}-by-person`)).filter(
      ({ runId: run }) => run === runId,
    );
    expect(entries).toMatchObject([{ actor: t.actor('approver'), details: { reason: 'looked it up' } }]);
    expect(await resolve(id, { decision, reason: 'twice' })).toMatchObject({
      status: 409,
      body: { code: 'EFFECTS.NOT_UNCERTAIN' },
    });
  });

  it('are not resolved without a reason, by an unknown word, or when there is none', async () => {
    const id = await rows.effect({ state: 'uncertain' });
    expect((await resolve(id, { decision: 'confirmed' })).status).toBe(400);
    expect((await resolve(id, { decision: 'maybe', reason: 'x' })).status).toBe(400);
    expect((await resolve(id, { decision: 'resend', reason: 'x', state: 'confirmed' })).status).toBe(400);
    expect(await resolve(newId(), { decision: 'resend', reason: 'x' })).toMatchObject({
      status: 404,
      body: { code: 'ADMIN.EFFECT_NOT_FOUND' },
    });
    expect((await t.get('viewer', `/effects/${id}`)).body).toMatchObject({ state: 'uncertain' });
  });
});
