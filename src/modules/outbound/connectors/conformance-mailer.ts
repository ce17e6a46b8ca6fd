import assert from 'node:assert/strict';
import type { OutgoingMail } from '../domain/outgoing-mail.js';
import type { ArrivedMail, MailWorld } from './mail-world.js';

export interface MailerConformanceCase {
  readonly name: string;
  run(world: MailWorld): Promise<void>;
}

export function mailFor(given: Partial<OutgoingMail> = {}): OutgoingMail {
  const reference = given.reference ?? 'sbx-000000000000000000000001';
  return {
    ...{ reference, messageId: `<${reference}@example.com>`, date: new Date('2026-11-20T12:00:00Z') },
    ...{ from: { address: 'billing@example.com', name: 'Billing' }, returnPath: 'billing@example.com' },
    ...{ to: [{ address: 'ada@example.com', name: 'Ada' }], tag: 'test', references: [] },
    ...{ subject: 'Grüße', text: 'Hello Ada\n', html: '<p>Hello <b>Ada</b></p>', headers: {} },
    ...given,
  };
}

const kindOf = (error: unknown): unknown => (error as { kind?: unknown }).kind;
const isBlameless = (error: unknown): boolean => (error as { blameless?: boolean }).blameless === true;
const is = (kind: string) => (error: unknown) => kindOf(error) === kind;

function header({ headers }: ArrivedMail, name: string): string | undefined {
  return headers.find((one) => one.name.toLowerCase() === name.toLowerCase())?.value.replace(/\s+/g, ' ');
}

async function onlyOne(world: MailWorld): Promise<ArrivedMail> {
  const [mail, ...others] = await world.mails();
  assert.ok(mail, 'no mail arrived');
  assert.equal(others.length, 0);
  return mail;
}

/** What every adapter of `Mailer` does, whichever way mails leave. Each case expects an empty mailbox. */
export const mailerConformance: readonly MailerConformanceCase[] = [
  {
    name: 'a mail arrives as it was written, under our Message-ID',
    async run(world) {
      const to = [{ address: 'ada@example.com', name: 'Lovelace, Ada' }, { address: 'bob@example.com' }];
      const mail = mailFor({ to, replyTo: 'billing+c.t1@example.com' });
      const { accepted, suppressed, refused } = await world.mailer.send(mail);
      assert.deepEqual([accepted, suppressed, refused], [['ada@example.com', 'bob@example.com'], [], []]);
      const arrived = await onlyOne(world);
      assert.deepEqual(
        [arrived.from, arrived.to],
        ['billing@example.com', ['ada@example.com', 'bob@example.com']],
      );
      assert.deepEqual([arrived.messageId, arrived.subject], [mail.messageId, 'Grüße']);
      assert.match(arrived.text, /Hello Ada/);
      assert.match(arrived.html, /<b>Ada<\/b>/);
      assert.equal(header(arrived, 'reply-to'), 'billing+c.t1@example.com');
      assert.equal(header(arrived, 'from'), 'Billing <billing@example.com>');
      assert.equal(header(arrived, 'to'), '"Lovelace, Ada" <ada@example.com>, bob@example.com');
    },
  },
  {
    name: 'it carries its thread, and says that a machine wrote it',
    async run(world) {
      const references = ['<a@example.com>', '<b@example.com>'];
      const headers = { 'Auto-Submitted': 'auto-generated', 'X-Signalbox-Loop': 'sbx-1' };
      await world.mailer.send(mailFor({ inReplyTo: '<b@example.com>', references, headers }));
      const arrived = await onlyOne(world);
      assert.equal(header(arrived, 'in-reply-to'), '<b@example.com>');
      assert.equal(header(arrived, 'references'), '<a@example.com> <b@example.com>');
      assert.equal(header(arrived, 'auto-submitted'), 'auto-generated');
      assert.equal(header(arrived, 'x-signalbox-loop'), 'sbx-1');
      assert.equal(header(arrived, 'list-unsubscribe'), undefined);
    },
  },
  {
    name: 'what is written in a name or a subject begins no header and no recipient',
    async run(world) {
      const name = 'Ada\r\nBcc: eve@example.com';
      const to = [{ address: 'ada@example.com', name: `${name}", eve@example.com` }];
      await world.mailer.send(mailFor({ to, subject: 'One\r\nX-Evil: yes' }));
      const arrived = await onlyOne(world);
      assert.deepEqual(arrived.to, ['ada@example.com']);
      assert.equal(header(arrived, 'bcc'), undefined);
      assert.equal(header(arrived, 'x-evil'), undefined);
    },
  },
  {
    name: 'one whose answer was lost is uncertain, has left once, and is found where that can be told',
    async run(world) {
      const mail = mailFor();
      await world.loseAnswer();
      await assert.rejects(world.mailer.send(mail), is('uncertain'));
      const arrived = await onlyOne(world);
      const found = await world.mailer.find(mail.reference);
      assert.deepEqual(found?.accepted, world.canTell ? arrived.to : undefined);
      assert.equal(await world.mailer.find('sbx-another'), undefined);
    },
  },
  {
    name: 'an address that gets nothing is told apart from those that get it',
    async run(world) {
      await world.block('ada@example.com');
      const to = [{ address: 'ada@example.com' }, { address: 'bob@example.com' }];
      const { accepted, suppressed, refused } = await world.mailer.send(mailFor({ to }));
      assert.deepEqual(accepted, ['bob@example.com']);
      assert.deepEqual([...suppressed, ...refused.map(({ address }) => address)], ['ada@example.com']);
      assert.deepEqual((await onlyOne(world)).to, ['bob@example.com']);
    },
  },
  {
    name: 'when nobody is left nothing leaves, and that is an answer',
    async run(world) {
      await world.block('ada@example.com');
      const { accepted, suppressed, refused } = await world.mailer.send(mailFor());
      assert.deepEqual([accepted.length, suppressed.length + refused.length], [0, 1]);
      assert.deepEqual(await world.mails(), []);
    },
  },
  {
    name: 'one that is turned away has not left: for now it is tried again, for good it is not',
    async run(world) {
      await world.turnAway('busy');
      await assert.rejects(world.mailer.send(mailFor()), is('transient'));
      for (const how of ['rejected', 'sender'] as const) {
        await world.turnAway(how);
        await assert.rejects(world.mailer.send(mailFor()), is('permanent'));
      }
      assert.deepEqual(await world.mails(), []);
      await world.mailer.send(mailFor());
      await onlyOne(world);
    },
  },
  {
    name: 'refused credentials use up no attempt',
    async run(world) {
      await world.turnAway('credentials');
      const refused = (error: unknown): boolean => is('transient')(error) && isBlameless(error);
      await assert.rejects(world.mailer.send(mailFor()), refused);
      assert.deepEqual(await world.mails(), []);
    },
  },
  {
    name: 'where nobody listens nothing has left',
    async run(world) {
      await assert.rejects(world.unreachable().send(mailFor()), is('transient'));
    },
  },
];
