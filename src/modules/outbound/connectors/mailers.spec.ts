import { describe, expect, it } from 'vitest';
import { TestMailWorld } from '../../../../test/support/mail-world.js';
import { headerOf } from '../../../../test/support/mail-sandbox.js';
import { withSandbox } from '../../../../test/support/sandbox-under-test.js';
import { mailerConformance, mailFor } from './conformance-mailer.js';
import { smtpServerOf } from './smtp-server.js';
import { SmtpSession } from './smtp-session.js';

const sandbox = withSandbox();
const worldOf = (way: 'smtp' | 'postmark') => TestMailWorld.over(sandbox.url, way);

describe.each(['smtp', 'postmark'] as const)('mail by %s, as every way', (way) => {
  it.each(mailerConformance)('$name', async ({ run }) => run(await worldOf(way)));
});

describe('mail by SMTP', () => {
  const failure = (work: Promise<unknown>) =>
    work.then(
      () => undefined,
      (error: unknown) => error,
    );

  it.each([
    ['connect', 'smtp-421', 'OUTBOUND.MAIL_UNAVAILABLE'],
    ['auth', 'smtp-451', 'OUTBOUND.MAIL_UNAVAILABLE'],
    ['mail', 'smtp-421', 'OUTBOUND.MAIL_UNAVAILABLE'],
    ['data', 'smtp-451', 'OUTBOUND.MAIL_DEFERRED'],
    ['rcpt', 'reset-before', 'OUTBOUND.MAIL_UNAVAILABLE'],
    ['auth', 'timeout', 'OUTBOUND.MAIL_UNAVAILABLE'],
    ['data', 'timeout', 'OUTBOUND.MAIL_OUTCOME_UNKNOWN'],
  ])('at %s %s is %s', async (at, kind, code) => {
    const world = await worldOf('smtp');
    await world.sandbox.fault(at, kind);
    expect(await failure(world.connect({ timeoutMs: 700 }).smtp.send(mailFor()))).toMatchObject({ code });
  });

  it.each([
    ['smtp-450-greylisted', 'deferred', '4.2.0'],
    ['smtp-550-unknown', 'unknown', '5.1.1'],
    ['smtp-550-policy', 'refused', '5.7.1'],
    ['smtp-552-full', 'refused', '5.2.2'],
  ])('a recipient refused by %s is %s', async (kind, why, status) => {
    const world = await worldOf('smtp');
    await world.sandbox.fault('rcpt', kind);
    const to = [{ address: 'ada@example.com' }, { address: 'bob@example.com' }];
    expect(await world.mailer.send(mailFor({ to }))).toMatchObject({
      ...{ accepted: ['bob@example.com'], refused: [{ address: 'ada@example.com', why, status }] },
    });
  });

  it('a large mail that broke off on its way has not left', async () => {
    const world = await worldOf('smtp');
    await world.sandbox.fault('data', 'reset-before');
    const text = 'a line of a very long mail\n'.repeat(1_000_000);
    const sent = world.connect({ timeoutMs: 8_000 }).smtp.send(mailFor({ text }));
    expect(await failure(sent)).toMatchObject({ code: 'OUTBOUND.MAIL_UNAVAILABLE' });
    expect(await world.mails()).toEqual([]);
  });

  it('ends with the caller’s signal', async () => {
    const world = await worldOf('smtp');
    await world.sandbox.fault('mail', 'timeout');
    const sent = world.mailer.send(mailFor(), AbortSignal.timeout(200));
    expect(await failure(sent)).toMatchObject({ code: 'OUTBOUND.MAIL_UNAVAILABLE' });
  });

  it('goes nowhere in clear where TLS is required', async () => {
    const world = await worldOf('smtp');
    const { port } = new URL(world.settings.url ?? '');
    const server = { host: '127.0.0.1', port: Number(port), tls: 'required' } as const;
    const session = new SmtpSession(server, { name: 'example.com', timeoutMs: 2_000 });
    expect(await failure(session.open())).toMatchObject({ stage: 'connect', handedOver: false });
    session.close();
  });

  it('signs in by XOAUTH2, keeps the newer refresh token, and fetches another when one is not taken', async () => {
    const world = await worldOf('smtp');
    await world.sandbox.admin('PUT', '/mail/settings', { requireAuth: true });
    world.settings.url = (await world.sandbox.smtpUrl()).replace('smtp://', 'smtp://billing%40example.com@');
    world.settings.oauth = {
      ...{ tokenUrl: `${sandbox.url}/mail/oauth/token`, refreshToken: 'sandbox-smtp-refresh' },
      ...{ clientId: 'sandbox-smtp-client', clientSecret: 'sandbox-smtp-secret' },
    };
    const { smtp } = world.connect();
    await smtp.send(mailFor());
    await smtp.send(mailFor({ reference: 'sbx-2' }));
    expect(world.settings.kept).toHaveLength(1);
    await world.sandbox.fault('auth', 'smtp-535');
    expect(await failure(smtp.send(mailFor()))).toMatchObject({ code: 'OUTBOUND.MAIL_CREDENTIALS_REFUSED' });
    await smtp.send(mailFor({ reference: 'sbx-3' }));
    expect(world.settings.kept).toHaveLength(2);
    expect(await world.mails()).toHaveLength(3);
    world.settings.oauth = { ...world.settings.oauth, refreshToken: 'revoked' };
    expect(await failure(smtp.send(mailFor()))).toMatchObject({
      ...{ code: 'OUTBOUND.MAIL_CREDENTIALS_REFUSED', blameless: true },
    });
  });

  it('closes its lane where nothing is configured, and leaves a server alone that fails again and again', async () => {
    const world = await worldOf('smtp');
    const url = world.settings.url;
    world.settings.url = undefined;
    expect(await failure(world.mailer.send(mailFor()))).toMatchObject({
      code: 'OUTBOUND.MAIL_NOT_CONNECTED',
    });
    expect(world.gates.closedFor('mail')).toBeGreaterThan(50_000);
    world.settings.url = url;
    await world.sandbox.fault('connect', 'smtp-421', { times: 5 });
    const { smtp } = world.connect();
    for (let n = 0; n < 5; n += 1) await failure(smtp.send(mailFor()));
    expect(await failure(smtp.send(mailFor()))).toMatchObject({ code: 'CONNECTORS.BREAKER_OPEN' });
  });
});

describe('mail by Postmark', () => {
  const failure = (work: Promise<unknown>) =>
    work.then(
      () => undefined,
      (error: unknown) => error,
    );

  it.each([
    ['postmark-405', 'OUTBOUND.MAIL_ACCOUNT_BLOCKED'],
    ['postmark-412', 'OUTBOUND.MAIL_ACCOUNT_BLOCKED'],
    ['postmark-429', 'OUTBOUND.MAIL_RATE_LIMITED'],
    ['postmark-500', 'OUTBOUND.MAIL_OUTCOME_UNKNOWN'],
    ['postmark-503', 'OUTBOUND.MAIL_UNAVAILABLE'],
    ['timeout', 'OUTBOUND.MAIL_OUTCOME_UNKNOWN'],
  ])('%s is %s', async (kind, code) => {
    const world = await worldOf('postmark');
    await world.sandbox.fault('/email', kind);
    expect(await failure(world.connect({ timeoutMs: 700 }).postmark.send(mailFor()))).toMatchObject({ code });
  });

  it.each([
    ['an answer that is none', { status: 200, body: [] }, 'OUTBOUND.MAIL_OUTCOME_UNKNOWN'],
    [
      'an answer without an id',
      { status: 200, body: { ErrorCode: 0, Message: 'OK' } },
      'OUTBOUND.MAIL_OUTCOME_UNKNOWN',
    ],
    ['half an answer', { truncate: true }, 'OUTBOUND.MAIL_OUTCOME_UNKNOWN'],
    ['far too much of an answer', { huge: 5_000_000 }, 'OUTBOUND.MAIL_OUTCOME_UNKNOWN'],
    ['a page of a proxy', { status: 404, html: true }, 'OUTBOUND.MAIL_UNAVAILABLE'],
  ])('%s', async (_, fault, code) => {
    const world = await worldOf('postmark');
    await world.sandbox.admin('POST', '/mail/faults', { match: { path: '/email' }, fault, times: 1 });
    expect(await failure(world.mailer.send(mailFor()))).toMatchObject({ code });
  });

  it('finds nothing while Postmark’s search does not know the mail yet', async () => {
    const world = await worldOf('postmark');
    await world.sandbox.admin('PUT', '/mail/settings', { indexLagMs: 60_000 });
    const { providerId } = await world.mailer.send(mailFor());
    expect(await world.mailer.find(mailFor().reference)).toBeUndefined();
    await world.sandbox.admin('PUT', '/mail/settings', { indexLagMs: 0 });
    expect(await world.mailer.find(mailFor().reference)).toMatchObject({ providerId, via: 'postmark' });
    const [mail] = await world.sandbox.mails();
    expect(headerOf(mail!, 'x-pm-keepid')).toBeUndefined();
  });
});

it.each([
  ['smtp://mail.example.com', { host: 'mail.example.com', port: 587, tls: 'required' }],
  ['smtps://mail.example.com', { host: 'mail.example.com', port: 465, tls: 'implicit' }],
  [
    'smtp://u%40example.com:p%3A%2F@mail.example.com:25',
    { user: 'u@example.com', password: 'p:/', port: 25 },
  ],
  ['smtp://mail.example.com?tls=none', { tls: 'none' }],
  ['smtp://127.0.0.1.example.com', { tls: 'required' }],
  ['smtp://localhost:4025', { tls: 'offered', port: 4025 }],
  ['smtp://[::1]:4025', { host: '::1', tls: 'offered' }],
  ['http://mail.example.com', undefined],
  ['mail.example.com', undefined],
])('%s is read', (url, server) => {
  if (server === undefined) expect(smtpServerOf(url)).toBeUndefined();
  else expect(smtpServerOf(url)).toMatchObject(server);
});
