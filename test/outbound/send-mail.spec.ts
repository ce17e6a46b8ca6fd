import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MailBounced } from '../../src/modules/intake/contracts.js';
import type { SendMail } from '../../src/modules/outbound/contracts.js';
import { OutboundModule } from '../../src/modules/outbound/outbound.module.js';
import { overdueSample } from '../../src/modules/outbound/mail/overdue-templates.js';
import { Suppressions } from '../../src/modules/outbound/persistence/suppressions.js';
import { FlowSettings } from '../../src/shared/flow/flow-settings.js';
import { RunOperations } from '../../src/shared/flow/run-operations.js';
import { EffectDecisions } from '../../src/shared/effects/effect-decisions.js';
import { newId } from '../../src/shared/kernel/ids.js';
import { LaneGates } from '../../src/shared/messaging/lane-gates.js';
import { seedSecrets } from '../../src/shared/secrets/seed-secrets.js';
import { SecretStore } from '../../src/shared/secrets/secret-store.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { answered, letter, letters } from '../support/letters-flow.js';
import { headerOf, MailSandbox, postmarkToken } from '../support/mail-sandbox.js';
import { withSandbox } from '../support/sandbox-under-test.js';
import { Spine } from '../support/spine.js';
import { until } from '../support/until.js';

const sandbox = withSandbox();
let db: TestDatabase;
let spine: Spine;
let mail: MailSandbox;

async function start(env: Record<string, string>): Promise<void> {
  const more = { MAIL_FROM: 'Billing <billing@example.com>', MAIL_REPLY_TO: 'support@example.com' };
  spine = await Spine.start({
    db,
    flows: [letters],
    handlers: [],
    modules: [OutboundModule],
    env: { ...more, ...env },
  });
  await seedSecrets(spine.get(SecretStore), spine.config);
}

beforeAll(async () => (db = await testDatabase()));
afterAll(() => db.close());
beforeEach(async () => {
  answered.clear();
  mail = new MailSandbox(sandbox.url);
  await mail.admin('PUT', '/mail/settings', { indexLagMs: 0 });
  await db.database.query(`delete from outbound.suppressions`);
  await db.database.query(`update flow.settings set mode = 'live', redirect = '{}'`);
});
afterEach(async () => {
  spine.get(LaneGates).open('mail');
});

interface RunRow {
  readonly id: string;
  readonly status: string;
}

const someone = [{ address: 'ada@example.com', name: 'Ada' }];
const note = (more: Partial<SendMail> = {}): Partial<SendMail> => ({
  ...{ kind: 'transactional', to: someone, subject: 'One', text: 'Hello' },
  ...more,
});

async function want(given: Partial<SendMail>): Promise<{ name: string; event: string }> {
  const name = newId();
  const [event] = await spine.state([letter(name, given)]);
  return { name, event: event! };
}

function runIs(event: string, status: string): Promise<RunRow> {
  return until(`the run is ${status}`, async () => {
    const [run] = await db.database.query<RunRow>(`select id, status from flow.runs where started_by = $1`, [
      event,
    ]);
    return run?.status === status && run;
  });
}

async function done(given: Partial<SendMail>) {
  const { name, event } = await want(given);
  const run = await runIs(event, 'done');
  return { run, result: answered.get(name)! };
}

async function effectOf({ id }: RunRow) {
  const [effect] = await db.database.query<{
    id: string;
    state: string;
    summary: string;
    provider_id: string;
  }>(`select id, state, summary, provider_id from effects.effects where run_id = $1`, [id]);
  return effect!;
}

function attemptsOf({ id }: RunRow, outcome: string, count: number) {
  return until(`${count} attempts end as ${outcome}`, async () => {
    const rows = await db.database.query<{ error: { code: string } }>(
      `select error from messaging.attempts where run_id = $1 and outcome = $2`,
      [id, outcome],
    );
    return rows.length === count && rows;
  });
}

const retry = ({ id }: RunRow) => spine.get(RunOperations).retry(id, 'test');

describe('a mail by SMTP', () => {
  beforeAll(async () => {
    // It listens from the first test on; the sandbox's own address is known before.
    await start({ SMTP_URL: await new MailSandbox(sandbox.url).smtpUrl() });
  });
  afterAll(() => spine.stop());

  it('is made of its template, in its reader’s language, and is told of', async () => {
    const data = { ...overdueSample };
    const wanted = note({ template: 'overdue-firm', data, language: 'de-AT', replyToken: 'run-1' });
    const { run, result } = await done({ ...wanted, subject: undefined, text: undefined });
    const [arrived] = await mail.mails();
    expect(arrived).toMatchObject({ from: 'billing@example.com', to: ['ada@example.com'] });
    expect(arrived?.subject).toBe('Zahlung überfällig: EUR 1,249.50');
    expect(headerOf(arrived!, 'reply-to')).toBe('support+c.run-1@example.com');
    expect(headerOf(arrived!, 'x-signalbox-loop')).toMatch(/^sbx-/);
    expect(result).toEqual({
      ...{ messageId: arrived?.messageId, via: 'smtp', accepted: ['ada@example.com'] },
      ...{ suppressed: [], refused: [] },
    });
    expect(await effectOf(run)).toMatchObject({
      ...{ state: 'confirmed', summary: 'send overdue-firm v1 (de) to 1' },
    });
    const told = await db.database.query(
      `select from messaging.messages where type = 'outbound.mail-sent.v1' and aggregateid = $1`,
      [result.messageId],
    );
    expect(told).toHaveLength(1);
  });

  it('whose connection was cut after DATA has left once, and waits for a person', async () => {
    await mail.fault('data', 'reset-after');
    const { event, name } = await want(note());
    const run = await runIs(event, 'held');
    expect(await effectOf(run)).toMatchObject({ state: 'uncertain' });
    await retry(run);
    await attemptsOf(run, 'uncertain', 2);
    expect(await mail.mails()).toHaveLength(1);
    const decided = { decision: 'confirmed' } as const;
    await spine
      .get(EffectDecisions)
      .decide((await effectOf(run)).id, decided, 'it is in the mailbox', 'test');
    await runIs(event, 'done');
    expect(answered.get(name)).toMatchObject({ via: 'person', accepted: ['ada@example.com'] });
    expect(await mail.mails()).toHaveLength(1);
    expect((await mail.effects()).duplicates).toEqual([]);
  });

  it('of which a mail server reports later had left: the retry finds it done', async () => {
    await mail.fault('data', 'reset-after');
    const { event, name } = await want(note());
    const run = await runIs(event, 'held');
    const [{ messageId } = { messageId: '' }] = await mail.mails();
    await bounced({ permanent: false, originalReference: messageId });
    await retry(run);
    await runIs(event, 'done');
    expect(answered.get(name)).toMatchObject({ messageId, via: 'smtp', accepted: ['ada@example.com'] });
    expect(await effectOf(run)).toMatchObject({ state: 'confirmed', summary: 'found done' });
    expect(await mail.mails()).toHaveLength(1);
  });

  it('that is greylisted is tried again after minutes, under the same Message-ID', async () => {
    await mail.fault('rcpt', 'smtp-450-greylisted');
    const { event, name } = await want(note());
    const run = await until('the run waits', async () => {
      const [row] = await db.database.query<RunRow & { wait: number }>(
        `select r.id, r.status, extract(epoch from d.due_at - now())::float8 as wait
         from flow.runs r join messaging.deliveries d on d.run_id = r.id
         where r.started_by = $1 and d.attempts = 1 and d.state = 'pending'`,
        [event],
      );
      return row;
    });
    expect(run.wait).toBeGreaterThan(250);
    expect(run.wait).toBeLessThan(310);
    expect(await attemptsOf(run, 'retry', 1)).toMatchObject([{ error: { code: 'OUTBOUND.MAIL_DEFERRED' } }]);
    await db.database.query(`update messaging.deliveries set due_at = now() where run_id = $1`, [run.id]);
    await runIs(event, 'done');
    const [arrived, ...others] = await mail.mails();
    expect([arrived?.messageId, others.length]).toEqual([answered.get(name)?.messageId, 0]);
  });

  it('whose server is down is tried again', async () => {
    await mail.fault('connect', 'smtp-421');
    const { run } = await done(note());
    expect(await attemptsOf(run, 'retry', 1)).toMatchObject([
      { error: { code: 'OUTBOUND.MAIL_UNAVAILABLE' } },
    ]);
    expect(await mail.mails()).toHaveLength(1);
  });

  it('to a mailbox that does not exist is dead, and nothing is sent there any more', async () => {
    await mail.fault('rcpt', 'smtp-550-unknown');
    const { event } = await want(note());
    const run = await runIs(event, 'held');
    expect(await attemptsOf(run, 'dead', 1)).toMatchObject([
      { error: { code: 'OUTBOUND.MAIL_RECIPIENTS_REFUSED' } },
    ]);
    expect(await effectOf(run)).toMatchObject({ state: 'failed' });
    const [suppression] = await spine.get(Suppressions).list({}, 10);
    expect(suppression).toMatchObject({
      ...{ address: 'ada@example.com', reason: 'refused', source: `run:${run.id}` },
    });
    const both = await done(note({ to: [...someone, { address: 'bob@example.com' }] }));
    expect(both.result).toMatchObject({ accepted: ['bob@example.com'], suppressed: ['ada@example.com'] });
    const none = await done(note());
    expect(none.result).toMatchObject({ via: 'none', accepted: [], suppressed: ['ada@example.com'] });
    expect((await mail.mails()).map(({ to }) => to)).toEqual([['bob@example.com']]);
  });

  it('that is refused by policy is dead, and its address stays', async () => {
    await mail.fault('rcpt', 'smtp-550-policy');
    const { event } = await want(note());
    await runIs(event, 'held');
    expect(await spine.get(Suppressions).list({}, 10)).toEqual([]);
  });

  it('in shadow leaves nobody, in redirect only for the test recipient', async () => {
    const settings = spine.get(FlowSettings);
    await settings.setMode('letters', 'shadow', 'test');
    const shadow = await done(note());
    expect(shadow.result).toMatchObject({ via: 'none', accepted: ['ada@example.com'] });
    expect(await effectOf(shadow.run)).toMatchObject({ state: 'shadowed' });
    expect(await mail.mails()).toEqual([]);
    await settings.setMode('letters', 'redirect', 'test');
    await settings.setRedirect('letters', { email: 'test@example.com' }, 'test');
    await done(note({ to: [...someone, { address: 'bob@example.com' }] }));
    expect((await mail.mails()).map(({ to }) => to)).toEqual([['test@example.com']]);
    await settings.setMode('letters', 'live', 'test');
  });

  it.each([
    ['no recipient', note({ to: [] }), 'OUTBOUND.MAIL_INVALID'],
    ['a recipient that is none', note({ to: [{ address: 'Ada' }] }), 'OUTBOUND.MAIL_INVALID'],
    ['no text', note({ text: ' ' }), 'OUTBOUND.MAIL_INVALID'],
    ['a script', note({ html: '<script>x</script>' }), 'OUTBOUND.MAIL_INVALID'],
    ['a template and a text', note({ template: 'overdue-firm' }), 'OUTBOUND.MAIL_INVALID'],
    [
      'a template that is none',
      note({ template: 'nothing', subject: undefined, text: undefined }),
      'OUTBOUND.MAIL_TEMPLATE_UNKNOWN',
    ],
    [
      'too little for its template',
      note({ template: 'overdue-firm', subject: undefined, text: undefined, data: {} }),
      'OUTBOUND.MAIL_TEMPLATE_FAILED',
    ],
  ])('with %s is dead', async (_, given, code) => {
    const { event } = await want(given);
    const run = await runIs(event, 'held');
    expect(await attemptsOf(run, 'dead', 1)).toMatchObject([{ error: { code } }]);
    expect(await mail.mails()).toEqual([]);
  });
});

const at = (text: string) => new Date(text).toISOString();

/** States that a mail came back, and waits until that has been heard. */
async function bounced(more: Partial<MailBounced>): Promise<unknown> {
  const given = {
    kind: 'bounce',
    recipient: 'ada@example.com',
    permanent: true,
    at: at('2026-11-20T12:00:00Z'),
  };
  const message = new MailBounced({ ...given, ...more } as MailBounced);
  const [event] = await spine.state([{ message, subject: 'mail:x' }]);
  return until('the bounce is heard', async () => {
    const [row] = await db.database.query<{ decision: unknown }>(
      `select decision from messaging.attempts where message_id = $1 and flow = 'outbound.suppress-bounced'`,
      [event],
    );
    return row?.decision;
  });
}

describe('what comes back', () => {
  beforeAll(async () => start({ SMTP_URL: await new MailSandbox(sandbox.url).smtpUrl() }));
  afterAll(() => spine.stop());
  const listed = () => spine.get(Suppressions).list({}, 10);

  it('for good from an address to which a mail of ours went suppresses it', async () => {
    const { result } = await done(note());
    const originalReference = result.messageId;
    expect(await bounced({ originalReference, permanent: false })).toMatchObject({ suppressed: false });
    expect(await bounced({ originalReference, recipient: 'eve@example.com' })).toMatchObject({
      suppressed: false,
    });
    expect(await listed()).toEqual([]);
    expect(await bounced({ originalReference, recipient: 'ADA@example.com' })).toEqual({
      ...{ suppressed: true, reason: 'bounce' },
    });
    expect(await listed()).toMatchObject([{ address: 'ada@example.com', reason: 'bounce' }]);
    const audit = await db.database.query(
      `select from audit.entries where action = 'outbound.address-suppressed' and body not like '%ada%'`,
    );
    expect(audit).toHaveLength(1);
  });

  it.each([
    ['about a mail that was never sent', { originalReference: '<forged@example.com>' }],
    ['about nothing', { originalReference: undefined }],
    ['for an address that is none', { recipient: 'nobody' }],
  ])('%s suppresses nothing: anybody can write a report', async (_, more) => {
    expect(await bounced(more)).toMatchObject({ suppressed: false });
    expect(await listed()).toEqual([]);
  });

  it('by a provider’s own webhook, and every complaint, suppresses', async () => {
    await bounced({ originalReference: '0a1b2c3d-0000-4000-8000-000000000001' });
    await bounced({
      ...{ originalReference: '0a1b2c3d-0000-4000-8000-000000000002', kind: 'complaint' },
      ...{ recipient: 'bob@example.com', permanent: false },
    });
    expect((await listed()).map(({ address, reason }) => [address, reason])).toEqual([
      ['bob@example.com', 'complaint'],
      ['ada@example.com', 'bounce'],
    ]);
  });

  it('is not held against an address that a person took back, unless it is newer', async () => {
    const originalReference = '0a1b2c3d-0000-4000-8000-000000000003';
    await bounced({ originalReference });
    const [one] = await listed();
    await spine.get(Suppressions).remove(one!.id, { actor: 'key:test', reason: 'it works again' });
    await bounced({ originalReference });
    expect(await listed()).toEqual([]);
    await bounced({ originalReference, at: at('2999-01-01T00:00:00Z') });
    expect(await listed()).toHaveLength(1);
  });
});

describe('a mail by Postmark', () => {
  beforeAll(() =>
    start({ POSTMARK_SERVER_TOKEN: postmarkToken, POSTMARK_BASE_URL: `${sandbox.url}/postmark` }),
  );
  afterAll(() => spine.stop());

  it('whose answer was lost is not sent again: a retry finds it by our reference', async () => {
    await mail.fault('/email', 'reset-after');
    const { event, name } = await want(note());
    const run = await runIs(event, 'held');
    expect(await effectOf(run)).toMatchObject({ state: 'uncertain' });
    await retry(run);
    await runIs(event, 'done');
    const [arrived, ...others] = await mail.mails();
    expect(others).toEqual([]);
    expect(answered.get(name)).toMatchObject({ messageId: arrived?.messageId, via: 'postmark' });
    expect((await effectOf(run)).provider_id).toBe(answered.get(name)?.providerId);
  });

  it('to somebody whom Postmark holds back says so', async () => {
    await done(note());
    await mail.admin('POST', '/mail/mails/1/bounce', {
      url: `${sandbox.url}/nowhere`,
      user: 'u',
      password: 'p',
    });
    const { result } = await done(note());
    expect(result).toMatchObject({ via: 'none', accepted: [], suppressed: ['ada@example.com'] });
    expect(await mail.mails()).toHaveLength(1);
  });
});
