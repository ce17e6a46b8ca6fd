import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startSandbox, type Sandbox } from '../../sandbox/server.ts';
import type { RunDetailDto } from '../../src/shared/admin/runs/run-detail.dto.js';
import { until } from '../support/until.js';
import { AdminUnderTest, formsSecret } from './support.js';

let sandbox: Sandbox;
let t: AdminUnderTest;

beforeAll(async () => {
  sandbox = await startSandbox();
  t = await AdminUnderTest.start({
    SIGNALBOX_ROLES: 'all',
    SIGNALBOX_SANDBOX_URL: sandbox.url,
    HUBSPOT_BASE_URL: `${sandbox.url}/hubspot`,
    HUBSPOT_ACCESS_TOKEN: 'sandbox-hubspot-token',
  });
});
afterAll(async () => {
  await t?.close();
  await sandbox?.close();
});

it('a submitted form can be followed from its delivery to its effect, without a word that was written', async () => {
  const data = { email: 'ada@example.com', first_name: 'Ada', phone: '+15550100199' };
  const answer = await submit({ type: 'form.submitted', timestamp: new Date().toISOString(), data });
  expect(answer.status).toBe(202);
  const { body: delivery } = await until('the run', async () => {
    const found = await t.get<{ runs: { id: string; status: string }[] }>(
      'viewer',
      `/deliveries/${answer.body.id}`,
    );
    return found.body.runs[0]?.status === 'done' && found;
  });
  const { body: run } = await t.get<RunDetailDto>('viewer', `/runs/${delivery.runs[0]!.id}`);
  expect(run).toMatchObject({ status: 'done', deliveryId: answer.body.id, waitingFor: { kind: 'nothing' } });
  expect(run.traceId).toMatch(/^[0-9a-f]{32}$/);
  expect(run.timeline.map(({ kind, step, outcome }) => `${kind} ${step} ${outcome}`)).toEqual([
    'event null accepted',
    'run null started',
    'attempt enrich-lead done',
    'policy enrich-lead null',
    'attempt upsert-contact done',
    'policy upsert-contact null',
    'effect upsert-contact confirmed',
  ]);
  expect(run.timeline.at(-1)).toMatchObject({ details: { connector: 'hubspot', attempts: 1 } });
  expect(run.timeline.at(-1)?.details['providerId']).toMatch(/^\d+$/);
  const shown = JSON.stringify([run, delivery]);
  for (const personal of ['ada@', 'Ada', '5550100199']) expect(shown).not.toContain(personal);
  const found = await t.get<{ items: { id: string }[] }>('viewer', '/runs?businessKey=ADA%40example.com');
  expect(found.body.items.map(({ id }) => id)).toEqual([run.id]);
  const raw = await t.get('operator', `/deliveries/${answer.body.id}/raw`);
  expect(JSON.parse(raw.raw.toString())).toMatchObject({ data });
});

async function submit(payload: object): Promise<{ status: number; body: { id: string } }> {
  const body = JSON.stringify(payload);
  const seconds = String(Math.floor(Date.now() / 1000));
  const key = Buffer.from(formsSecret.replace('whsec_', ''), 'base64');
  const signature = createHmac('sha256', key).update(`msg_1.${seconds}.${body}`).digest('base64');
  const signed = {
    'webhook-id': 'msg_1',
    'webhook-timestamp': seconds,
    'webhook-signature': `v1,${signature}`,
  };
  const answer = await t.app.inject({
    method: 'POST',
    url: '/webhooks/forms/contact',
    headers: { 'content-type': 'application/json', ...signed },
    payload: body,
  });
  return { status: answer.statusCode, body: answer.json() };
}
