import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { overdueSample } from '../../src/modules/outbound/mail/overdue-templates.js';
import { Suppressions } from '../../src/modules/outbound/persistence/suppressions.js';
import { Conditions } from '../../src/shared/effects/conditions.js';
import { EffectDecisions } from '../../src/shared/effects/effect-decisions.js';
import { FlowSettings } from '../../src/shared/flow/flow-settings.js';
import { answered } from '../support/letters-flow.js';
import { note, withLetters, type LetterRun } from '../support/letters-world.js';
import { headerOf } from '../support/mail-sandbox.js';
import { until } from '../support/until.js';

const w = withLetters();

describe('a mail by SMTP', () => {
  beforeAll(() => w.startWithSmtp());
  afterAll(() => w.spine.stop());

  it('is made of its template, in its reader’s language, and is told of', async () => {
    const data = { ...overdueSample };
    const wanted = note({ template: 'overdue-firm', data, language: 'de-AT', replyToken: 'run-1' });
    const { run, result } = await w.done({ ...wanted, subject: undefined, text: undefined });
    const [arrived] = await w.mail.mails();
    expect(arrived).toMatchObject({ from: 'billing@example.com', to: ['ada@example.com'] });
    expect(arrived?.subject).toBe('Zahlung überfällig: EUR 1,249.50');
    expect(headerOf(arrived!, 'reply-to')).toBe('support+c.run-1@example.com');
    expect(headerOf(arrived!, 'x-signalbox-loop')).toMatch(/^sbx-/);
    expect(result).toEqual({
      ...{ messageId: arrived?.messageId, via: 'smtp', accepted: ['ada@example.com'] },
      ...{ suppressed: [], refused: [] },
    });
    expect(await w.effectOf(run)).toMatchObject({
      ...{ state: 'confirmed', summary: 'send overdue-firm v1 (de) to 1' },
    });
    const told = await w.db.database.query(
      `select from messaging.messages where type = 'outbound.mail-sent.v1' and aggregateid = $1`,
      [result.messageId],
    );
    expect(told).toHaveLength(1);
  });

  it('that is bound to a condition is sent while that holds, and is withdrawn when it does no more', async () => {
    let holds = true;
    w.spine.get(Conditions).add('sample.holds', async (data) => holds && 'of' in data);
    const onlyIf = { condition: 'sample.holds', data: { of: 1 } };
    expect((await w.done(note({ onlyIf }))).result).toMatchObject({ via: 'smtp' });
    await w.mail.fault('connect', 'smtp-421');
    const { event, name } = await w.want(note({ onlyIf }));
    await until('it is tried again', async () => {
      const rows = await w.db.database.query(
        `select from messaging.deliveries where state = 'pending' and attempts = 1`,
      );
      return rows.length === 1;
    });
    holds = false;
    await w.db.database.query(`update messaging.deliveries set due_at = now()`);
    const run = await w.runIs(event, 'done');
    expect(answered.get(name)).toMatchObject({ via: 'none', accepted: [], withdrawn: true });
    expect(await w.effectOf(run)).toMatchObject({ state: 'confirmed' });
    expect(await w.mail.mails()).toHaveLength(1);
    const unknown = await w.want(note({ onlyIf: { condition: 'nothing', data: {} } }));
    await w.runIs(unknown.event, 'held');
  });

  it('names who it is from where its template does', async () => {
    const { sender: _, ...data } = overdueSample;
    await w.done({ ...note({ template: 'overdue-firm', data }), subject: undefined, text: undefined });
    expect((await w.mail.mails())[0]?.text).toMatch(/Kind regards\nBilling/);
  });

  it('whose connection was cut after DATA has left once, and waits for a person', async () => {
    await w.mail.fault('data', 'reset-after');
    const { event, name } = await w.want(note());
    const run = await w.runIs(event, 'held');
    expect(await w.effectOf(run)).toMatchObject({ state: 'uncertain' });
    await w.retry(run);
    await w.attemptsOf(run, 'uncertain', 2);
    expect(await w.mail.mails()).toHaveLength(1);
    const decided = { decision: 'confirmed' } as const;
    await w.spine
      .get(EffectDecisions)
      .decide((await w.effectOf(run)).id, decided, 'it is in the mailbox', 'test');
    await w.runIs(event, 'done');
    expect(answered.get(name)).toMatchObject({ via: 'person', accepted: ['ada@example.com'] });
    expect(await w.mail.mails()).toHaveLength(1);
    expect((await w.mail.effects()).duplicates).toEqual([]);
  });

  it('of which a mail server reports later had left: the retry finds it done', async () => {
    await w.mail.fault('data', 'reset-after');
    const { event, name } = await w.want(note());
    const run = await w.runIs(event, 'held');
    const [{ messageId } = { messageId: '' }] = await w.mail.mails();
    await w.bounced({ permanent: false, originalReference: messageId });
    await w.retry(run);
    await w.runIs(event, 'done');
    expect(answered.get(name)).toMatchObject({ messageId, via: 'smtp', accepted: ['ada@example.com'] });
    expect(await w.effectOf(run)).toMatchObject({ state: 'confirmed', summary: 'found done' });
    expect(await w.mail.mails()).toHaveLength(1);
  });

  it('that is greylisted is tried again after minutes, under the same Message-ID', async () => {
    await w.mail.fault('rcpt', 'smtp-450-greylisted');
    const { event, name } = await w.want(note());
    const run = await until('the run waits', async () => {
      const [row] = await w.db.database.query<LetterRun & { wait: number }>(
        `select r.id, r.status, extract(epoch from d.due_at - now())::float8 as wait
         from flow.runs r join messaging.deliveries d on d.run_id = r.id
         where r.started_by = $1 and d.attempts = 1 and d.state = 'pending'`,
        [event],
      );
      return row;
    });
    expect(run.wait).toBeGreaterThan(250);
    expect(run.wait).toBeLessThan(310);
    expect(await w.attemptsOf(run, 'retry', 1)).toMatchObject([
      { error: { code: 'OUTBOUND.MAIL_DEFERRED' } },
    ]);
    await w.db.database.query(`update messaging.deliveries set due_at = now() where run_id = $1`, [run.id]);
    await w.runIs(event, 'done');
    const [arrived, ...others] = await w.mail.mails();
    expect([arrived?.messageId, others.length]).toEqual([answered.get(name)?.messageId, 0]);
  });

  it('whose server is down is tried again', async () => {
    await w.mail.fault('connect', 'smtp-421');
    const { run } = await w.done(note());
    expect(await w.attemptsOf(run, 'retry', 1)).toMatchObject([
      { error: { code: 'OUTBOUND.MAIL_UNAVAILABLE' } },
    ]);
    expect(await w.mail.mails()).toHaveLength(1);
  });

  it('to a mailbox that does not exist is dead, and nothing is sent there any more', async () => {
    await w.mail.fault('rcpt', 'smtp-550-unknown');
    const { event } = await w.want(note());
    const run = await w.runIs(event, 'held');
    expect(await w.attemptsOf(run, 'dead', 1)).toMatchObject([
      { error: { code: 'OUTBOUND.MAIL_RECIPIENTS_REFUSED' } },
    ]);
    expect(await w.effectOf(run)).toMatchObject({ state: 'failed' });
    const [suppression] = await w.spine.get(Suppressions).list({}, 10);
    expect(suppression).toMatchObject({
      ...{ address: 'ada@example.com', reason: 'refused', source: `run:${run.id}` },
    });
    const both = await w.done(note({ to: [...note().to!, { address: 'bob@example.com' }] }));
    expect(both.result).toMatchObject({ accepted: ['bob@example.com'], suppressed: ['ada@example.com'] });
    const none = await w.done(note());
    expect(none.result).toMatchObject({ via: 'none', accepted: [], suppressed: ['ada@example.com'] });
    expect((await w.mail.mails()).map(({ to }) => to)).toEqual([['bob@example.com']]);
  });

  it('that is refused by policy is dead, and its address stays', async () => {
    await w.mail.fault('rcpt', 'smtp-550-policy');
    const { event } = await w.want(note());
    await w.runIs(event, 'held');
    expect(await w.spine.get(Suppressions).list({}, 10)).toEqual([]);
  });

  it('in shadow leaves nobody, in redirect only for the test recipient', async () => {
    const settings = w.spine.get(FlowSettings);
    await settings.setMode('letters', 'shadow', 'test');
    const shadow = await w.done(note());
    expect(shadow.result).toMatchObject({ via: 'none', accepted: ['ada@example.com'] });
    expect(await w.effectOf(shadow.run)).toMatchObject({ state: 'shadowed' });
    expect(await w.mail.mails()).toEqual([]);
    await settings.setMode('letters', 'redirect', 'test');
    await settings.setRedirect('letters', { email: 'test@example.com' }, 'test');
    await w.done(note({ to: [...note().to!, { address: 'bob@example.com' }] }));
    expect((await w.mail.mails()).map(({ to }) => to)).toEqual([['test@example.com']]);
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
    const { event } = await w.want(given);
    const run = await w.runIs(event, 'held');
    expect(await w.attemptsOf(run, 'dead', 1)).toMatchObject([{ error: { code } }]);
    expect(await w.mail.mails()).toEqual([]);
  });
});
