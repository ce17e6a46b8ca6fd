import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startSandbox } from '../../sandbox/server.ts';
import { freshMailSandbox, headerOf, MailSandbox } from '../support/mail-sandbox.ts';

const letter = {
  from: 'Signalbox <billing@example.com>',
  to: 'ada@example.com',
  subject: 'Grüße',
  text: 'Hello Ada',
  html: '<p>Hello <b>Ada</b></p><script>alert(1)</script>',
  messageId: '<one@example.com>',
};

async function send(mail: MailSandbox, more: object = {}) {
  const transport = createTransport({ url: await mail.smtpUrl() });
  onTestFinished(() => transport.close());
  return transport.sendMail({ ...letter, ...more });
}

const failed = (
  work: Promise<unknown>,
): Promise<{ responseCode?: number; response?: string; code?: string }> =>
  work.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: { responseCode?: number; code?: string }) => error,
  );

describe('the sandbox’s SMTP server', () => {
  it('keeps a mail with its envelope, headers, text and HTML', async () => {
    const { mail } = await freshMailSandbox();
    await send(mail, { headers: { 'X-Test': 'a value' } });
    const [kept, ...others] = await mail.mails();
    expect(others).toEqual([]);
    expect(kept).toMatchObject({
      ...{
        via: 'smtp',
        from: 'billing@example.com',
        to: ['ada@example.com'],
        messageId: '<one@example.com>',
      },
      ...{ subject: 'Grüße', text: expect.stringContaining('Hello Ada') },
      html: expect.stringContaining('<b>Ada</b>'),
    });
    expect(headerOf(kept!, 'x-test')).toBe('a value');
  });

  it('shows mails as pages with every value escaped, and as they came', async () => {
    const { sandbox, mail } = await freshMailSandbox();
    await send(mail, { subject: '<img src=x>' });
    const get = (path: string, accept = 'text/html') =>
      fetch(`${sandbox.url}/_sandbox${path}`, { headers: { accept } }).then((answer) => answer.text());
    for (const path of ['/mail/mails', '/mail/mails/1', '']) {
      const page = await get(path);
      expect(page).toContain('ada@example.com');
      expect(page).toContain('&lt;img');
      expect(page).not.toMatch(/<img|<script/);
    }
    expect(await get('/mail/mails/1')).toContain('&lt;script&gt;');
    expect(await get('/mail/mails/1/raw')).toMatch(/^From: Signalbox/);
  });

  it.each([
    ['connect', 'smtp-421', 421],
    ['mail', 'smtp-451', 451],
    ['rcpt', 'smtp-550-unknown', 550],
    ['data', 'smtp-554', 554],
  ])('refuses at %s by %s and keeps nothing', async (step, kind, code) => {
    const { mail } = await freshMailSandbox();
    await mail.fault(step, kind);
    expect((await failed(send(mail))).responseCode).toBe(code);
    expect(await mail.mails()).toEqual([]);
    await send(mail);
    expect(await mail.mails()).toHaveLength(1);
  });

  it('cuts the connection before it has kept a mail, and after', async () => {
    const { mail } = await freshMailSandbox();
    await mail.fault('rcpt', 'reset-before');
    expect((await failed(send(mail))).responseCode).toBeUndefined();
    await mail.fault('data', 'reset-before');
    expect((await failed(send(mail))).responseCode).toBeUndefined();
    expect(await mail.mails()).toEqual([]);
    await mail.fault('data', 'reset-after');
    expect((await failed(send(mail))).responseCode).toBeUndefined();
    expect(await mail.mails()).toHaveLength(1);
  });

  it('takes its password of any user, and access tokens that it gave out', async () => {
    const { sandbox, mail } = await freshMailSandbox();
    await mail.admin('PUT', '/mail/settings', { requireAuth: true });
    const { hostname: host, port } = new URL(await mail.smtpUrl());
    const sendAs = (auth: object) =>
      createTransport({ host, port: Number(port), auth } as never).sendMail(letter);
    expect((await failed(send(mail))).responseCode).toBe(530);
    expect((await failed(sendAs({ user: 'u', pass: 'wrong' }))).responseCode).toBe(535);
    await sendAs({ user: 'u', pass: 'sandbox-smtp-password' });
    const token = (given: object) =>
      fetch(`${sandbox.url}/mail/oauth/token`, {
        method: 'POST',
        body: new URLSearchParams({
          ...{ client_id: 'sandbox-smtp-client', client_secret: 'sandbox-smtp-secret' },
          ...{ grant_type: 'refresh_token', refresh_token: 'sandbox-smtp-refresh', ...given },
        }),
      }).then((answer) => answer.json() as Promise<Record<string, string>>);
    const { access_token: accessToken, refresh_token: next } = await token({});
    await sendAs({ type: 'OAuth2', user: 'u', accessToken });
    expect((await failed(sendAs({ type: 'OAuth2', user: 'u', accessToken: 'another' }))).responseCode).toBe(
      535,
    );
    expect(await mail.mails()).toHaveLength(2);
    expect(await token({ refresh_token: next })).toMatchObject({ token_type: 'Bearer' });
    expect(await token({ refresh_token: 'unknown' })).toEqual({ error: 'invalid_grant' });
    expect(await token({ client_secret: 'wrong' })).toEqual({ error: 'invalid_client' });
  });

  it('counts what came, and notices the same mail twice', async () => {
    const { mail } = await freshMailSandbox();
    await send(mail);
    await send(mail, { messageId: '<two@example.com>' });
    expect(await mail.effects()).toMatchObject({ created: 2, duplicates: [] });
    await send(mail);
    expect(await mail.effects()).toMatchObject({ duplicates: ['<one@example.com> ada@example.com'] });
  });

  it('keeps mails, bounces and counters through a restart', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'signalbox-sandbox-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const dataFile = join(folder, 'journal.jsonl');
    const first = await startSandbox({ dataFile });
    const mail = new MailSandbox(first.url);
    await send(mail);
    const target = { url: `${first.url}/nowhere`, user: 'u', password: 'p' };
    await mail.admin('POST', '/mail/mails/1/bounce', target);
    const before = [await mail.mails(), await mail.effects(), await mail.admin('GET', '/mail')];
    await first.close();
    for (const _ of ['from events', 'from the compacted file']) {
      const again = await startSandbox({ dataFile });
      const kept = new MailSandbox(again.url);
      const state = [await kept.mails(), await kept.effects(), await kept.admin('GET', '/mail')];
      expect(state.slice(0, 2)).toEqual(before.slice(0, 2));
      expect(state[2]).toMatchObject({ mails: 1, inactive: ['ada@example.com'] });
      await again.close();
    }
  });

  it('says which port is taken', async () => {
    const { mail } = await freshMailSandbox();
    const port = new URL(await mail.smtpUrl()).port;
    await expect(startSandbox({ env: { SANDBOX_SMTP_PORT: port } })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
  });
});
