import { afterAll, beforeAll, expect, it } from 'vitest';
import { testApplication, type TestApplication } from '../support/application.js';
import { MailSandbox, postmarkToken } from '../support/mail-sandbox.js';
import { withSandbox } from '../support/sandbox-under-test.js';
import { until } from '../support/until.js';

const sandbox = withSandbox();
const hook = { user: 'hook-user', password: 'a-password-of-the-hook' };
let app: TestApplication;
beforeAll(async () => {
  const env = { POSTMARK_WEBHOOK_USER: hook.user, POSTMARK_WEBHOOK_PASSWORD: hook.password };
  app = await testApplication(env);
});
afterAll(() => app?.close());

interface Suppressed {
  readonly address: string;
  readonly reason: string;
}

async function suppressed(): Promise<readonly Suppressed[]> {
  const headers = { authorization: `Bearer ${app.adminKey}` };
  const answer = await fetch(`${app.url}/admin/v1/suppressions`, { headers });
  return ((await answer.json()) as { items: Suppressed[] }).items;
}

async function sendTo(address: string): Promise<void> {
  const headers = { 'content-type': 'application/json', 'x-postmark-server-token': postmarkToken };
  const message = { From: 'billing@example.com', To: address, Subject: 'One', TextBody: 'Hello' };
  await fetch(`${sandbox.url}/postmark/email`, { method: 'POST', headers, body: JSON.stringify(message) });
}

it('what Postmark reports by its webhooks suppresses the address, and soft bounces do not', async () => {
  const mail = new MailSandbox(sandbox.url);
  const url = `${app.url}/webhooks/email/postmark`;
  const back = async (address: string, type: string, given = hook) => {
    await sendTo(address);
    const [{ id } = { id: '' }] = (await mail.admin<{ results: { id: string }[] }>('GET', '/mail/mails'))
      .results;
    const body = { url, ...given, type };
    return (await mail.admin<{ answer: { status: number } }>('POST', `/mail/mails/${id}/bounce`, body)).answer
      .status;
  };
  expect(await back('eve@example.com', 'HardBounce', { ...hook, password: 'another-password' })).toBe(401);
  expect(await back('soft@example.com', 'SoftBounce')).toBe(200);
  expect(await back('ada@example.com', 'HardBounce')).toBe(200);
  expect(await back('bob@example.com', 'SpamComplaint')).toBe(200);
  const items = await until('both are suppressed', async () => {
    const all = await suppressed();
    return all.length === 2 && all;
  });
  expect(items.map(({ address, reason }) => [address, reason]).sort()).toEqual([
    ['ada@example.com', 'bounce'],
    ['bob@example.com', 'complaint'],
  ]);
});
