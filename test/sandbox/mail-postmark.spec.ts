import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freshMailSandbox, headerOf, postmarkToken } from '../support/mail-sandbox.ts';
import { request } from './support.ts';

const letter = {
  ...{ From: 'Signalbox <billing@example.com>', To: 'Ada <ada@example.com>', Subject: 'One' },
  ...{ TextBody: 'Hello Ada', HtmlBody: '<p>Hello Ada</p>', MessageStream: 'outbound', Tag: 'reminder' },
  Metadata: { reference: 'sbx-1' },
};

async function fresh() {
  const { sandbox, mail } = await freshMailSandbox();
  await mail.admin('PUT', '/mail/settings', { indexLagMs: 0 });
  const call = (method: string, path: string, body?: unknown, token = postmarkToken) =>
    request(method, `${sandbox.url}/postmark${path}`, body, { 'x-postmark-server-token': token });
  return { sandbox, mail, call };
}

/** Stands in for the application: remembers what is posted to it. */
async function listener() {
  const posted: { type?: string; authorization?: string; body: string }[] = [];
  const server = createServer((message, response) => {
    const chunks: Buffer[] = [];
    message.on('data', (chunk: Buffer) => chunks.push(chunk));
    message.on('end', () => {
      const { 'content-type': type, authorization } = message.headers;
      posted.push({ type, authorization, body: Buffer.concat(chunks).toString() });
      response.end('taken');
    });
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/email`;
  return { posted, target: { url, user: 'hook', password: 'secret' } };
}

describe('the sandbox’s Postmark', () => {
  it('takes a mail into the same mailbox and keeps the Message-ID when asked to', async () => {
    const { mail, call } = await fresh();
    const own = [{ Name: 'Message-ID', Value: '<own@example.com>' }];
    const sent = await call('POST', '/email', { ...letter, Headers: own });
    expect(sent).toMatchObject({ status: 200, body: { ErrorCode: 0, Message: 'OK', To: letter.To } });
    await call('POST', '/email', { ...letter, Headers: [...own, { Name: 'X-PM-KeepID', Value: 'true' }] });
    const [first, second] = await mail.mails();
    expect(first?.messageId).toMatch(/@mtasv\.net>$/);
    expect(second).toMatchObject({ via: 'postmark', messageId: '<own@example.com>', text: 'Hello Ada' });
    expect(headerOf(second!, 'x-pm-keepid')).toBeUndefined();
  });

  it.each([
    ['a wrong token', {}, 'wrong', 401, 10],
    ['no sender', { From: 'nobody' }, undefined, 422, 300],
    ['no text', { TextBody: '', HtmlBody: '' }, undefined, 422, 300],
    ['metadata that is too long', { Metadata: { reference: 'x'.repeat(81) } }, undefined, 422, 300],
    ['another stream', { MessageStream: 'broadcast' }, undefined, 422, 1235],
  ])('refuses %s', async (_, more, token, status, code) => {
    const { mail, call } = await fresh();
    const answer = await call('POST', '/email', { ...letter, ...more }, token);
    expect(answer).toMatchObject({ status, body: { ErrorCode: code } });
    expect(await mail.mails()).toEqual([]);
  });

  it('finds a message by one field of its metadata, once the search knows it', async () => {
    const { mail, call } = await fresh();
    await mail.admin('PUT', '/mail/settings', { indexLagMs: 60_000 });
    const { body } = await call('POST', '/email', letter);
    const { MessageID } = body as { MessageID: string };
    const search = (reference: string) =>
      call('GET', `/messages/outbound?count=10&offset=0&metadata_reference=${reference}`);
    expect((await search('sbx-1')).body).toMatchObject({ TotalCount: 0 });
    await mail.admin('PUT', '/mail/settings', { indexLagMs: 0 });
    expect((await search('sbx-1')).body).toMatchObject({ TotalCount: 1, Messages: [{ MessageID }] });
    expect((await search('sbx-2')).body).toMatchObject({ TotalCount: 0 });
    const detail = await call('GET', `/messages/outbound/${MessageID}/details`);
    expect(detail.body).toMatchObject({ TextBody: 'Hello Ada', Metadata: { reference: 'sbx-1' } });
    expect((await call('GET', '/messages/outbound')).status).toBe(422);
  });

  it('sends nothing more to an address that bounced, until it is activated', async () => {
    const { mail, call } = await fresh();
    const { posted, target } = await listener();
    await call('POST', '/email', letter);
    await mail.admin('POST', '/mail/mails/1/bounce', { ...target, type: 'HardBounce' });
    expect(posted[0]?.authorization).toBe(`Basic ${Buffer.from('hook:secret').toString('base64')}`);
    const hook = JSON.parse(posted[0]?.body ?? '') as Record<string, unknown>;
    expect(hook).toMatchObject({
      RecordType: 'Bounce',
      Type: 'HardBounce',
      Email: 'ada@example.com',
      Inactive: true,
    });
    expect(await call('POST', '/email', letter)).toMatchObject({ status: 422, body: { ErrorCode: 406 } });
    await call('PUT', `/bounces/${String(hook['ID'])}/activate`);
    expect((await call('POST', '/email', letter)).status).toBe(200);
    expect((await call('GET', '/bounces?count=5&offset=0')).body).toMatchObject({ TotalCount: 1 });
  });

  it('leaves an inactive address out, and refuses when nobody is left', async () => {
    const { mail, call } = await fresh();
    const base = '/message-streams/outbound/suppressions';
    const one = { Suppressions: [{ EmailAddress: 'Ada@example.com' }] };
    expect((await call('POST', base, one)).body).toMatchObject({ Suppressions: [{ Status: 'Suppressed' }] });
    const both = await call('POST', '/email', {
      ...letter,
      To: '"Lovelace, Ada" <ada@example.com>, bob@example.com',
    });
    expect(both.body).toMatchObject({
      ErrorCode: 0,
      Message: expect.stringMatching(/inactive addresses: ada@/),
    });
    expect((await mail.mails()).map(({ to }) => to)).toEqual([['bob@example.com']]);
    expect((await call('POST', '/email', letter)).body).toMatchObject({ ErrorCode: 406 });
    expect((await call('GET', `${base}/dump?EmailAddress=ada@example.com`)).body).toMatchObject({
      Suppressions: [{ SuppressionReason: 'ManualSuppression', Origin: 'Customer' }],
    });
    await call('POST', `${base}/delete`, one);
    expect((await call('POST', '/email', letter)).status).toBe(200);
  });

  it('answers each mail of a batch for itself', async () => {
    const { mail, call } = await fresh();
    const { status, body } = await call('POST', '/email/batch', [
      letter,
      { ...letter, To: 'nobody' },
      letter,
    ]);
    expect(status).toBe(200);
    expect((body as { ErrorCode: number }[]).map(({ ErrorCode }) => ErrorCode)).toEqual([0, 300, 0]);
    expect(await mail.mails()).toHaveLength(2);
    expect((await call('POST', '/email/batch', letter)).status).toBe(422);
  });

  it('posts a complaint, a report as a mail server sends it, and answers of people', async () => {
    const { mail, call } = await fresh();
    const { posted, target } = await listener();
    await call('POST', '/email', { ...letter, ReplyTo: 'support+c.token@example.com' });
    await mail.admin('POST', '/mail/mails/1/bounce', { ...target, type: 'SpamComplaint' });
    await mail.admin('POST', '/mail/mails/1/bounce', { ...target, type: 'HardBounce', format: 'mime' });
    await mail.admin('POST', '/mail/mails/1/reply', { ...target, text: 'Thanks' });
    await mail.admin('POST', '/mail/mails/1/reply', { ...target, text: 'Thanks', format: 'postmark' });
    const [complaint, report, raw, inbound] = posted.map(({ body }) => body);
    const [{ messageId } = { messageId: '' }] = await mail.mails();
    expect(JSON.parse(complaint!)).toMatchObject({ RecordType: 'SpamComplaint', Type: 'SpamComplaint' });
    expect(report).toContain('Final-Recipient: rfc822; ada@example.com');
    expect(report).toContain(`Message-ID: ${messageId}`);
    expect(raw).toContain(`In-Reply-To: ${messageId}`);
    expect(raw).toContain('To: support+c.token@example.com');
    expect(JSON.parse(inbound!)).toMatchObject({ MailboxHash: 'c.token', TextBody: 'Thanks' });
    expect(posted.map(({ type }) => type)).toEqual([
      ...['application/json', 'message/rfc822', 'message/rfc822', 'application/json'],
    ]);
  });

  it.each([
    ['postmark-429', 429],
    ['postmark-503', 503],
  ])('can be made to answer %s', async (kind, status) => {
    const { mail, call } = await fresh();
    await mail.fault('/email', kind);
    expect((await call('POST', '/email', letter)).status).toBe(status);
    expect(await mail.mails()).toEqual([]);
  });
});
