import { Injectable, type OnModuleInit } from '@nestjs/common';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CodedError } from '../../src/shared/kernel/coded-error.js';
import {
  EventSubscribers,
  type EventSubscriber,
  type SubscriberContext,
  type SubscriberOutcome,
} from '../../src/shared/messaging/event-subscribers.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { sampleHandlers } from '../support/sample-flow.js';
import { billing, billingHandlers, invoice, InvoiceIssued, mailer } from '../support/sample-mail-flow.js';
import { Spine } from '../support/spine.js';
import { until } from '../support/until.js';

const seen: { invoice: string; eventId: string }[] = [];
const next: Error[] = [];

/** A read model of the sample business: hears of every invoice, and issues a copy of the first. */
@Injectable()
class Ledger implements EventSubscriber<InvoiceIssued>, OnModuleInit {
  readonly name = 'sample.ledger';
  readonly event = InvoiceIssued;

  constructor(private readonly subscribers: EventSubscribers) {}

  async onModuleInit(): Promise<void> {
    await this.subscribers.add(this);
  }

  async handle(event: InvoiceIssued, { eventId }: SubscriberContext): Promise<SubscriberOutcome> {
    const error = next.shift();
    if (error) throw error;
    expect(event).toBeInstanceOf(InvoiceIssued);
    seen.push({ invoice: event.invoice, eventId });
    return {
      events: event.invoice === 'first' ? [invoice('copy', 'copy@example.com')] : [],
      audit: [{ actor: 'sample', action: 'sample.noted', outcome: 'ok', subject: `event:${eventId}` }],
      decision: { noted: true },
    };
  }
}

let db: TestDatabase;
let spine: Spine;

beforeAll(async () => {
  db = await testDatabase();
  const handlers = [...sampleHandlers, ...billingHandlers, Ledger];
  spine = await Spine.start({ db, flows: [billing], handlers });
});
afterAll(async () => {
  await spine.stop();
  await db.close();
});

const attempts = (eventId: string) =>
  db.database.query<{ outcome: string; flow: string; decision: unknown }>(
    `select outcome, flow, decision from messaging.attempts where message_id = $1 and flow = 'sample.ledger' order by id`,
    [eventId],
  );

it('hears an event beside the flows, and what follows is committed with its delivery', async () => {
  const [event] = await spine.state([invoice('first', 'a@example.com')]);
  await until('the copy is heard too', () => seen.length === 2);
  expect(seen.map((one) => one.invoice)).toEqual(['first', 'copy']);
  await until('the delivery is done', async () => (await attempts(event!)).length === 1);
  expect(await attempts(event!)).toMatchObject([{ outcome: 'done', decision: { noted: true } }]);
  await until('both are in the audit log', async () => {
    const audit = await db.database.query(`select from audit.entries where action = 'sample.noted'`);
    return audit.length === 2;
  });
  await until('the flow has mailed both', () => mailer.sent.length === 2);
});

it('is tried again after a transient error, and is a dead letter after another', async () => {
  next.push(new CodedError('SAMPLE.AWAY', 'transient', 'away', { retryAfterMs: 0 }));
  next.push(new CodedError('SAMPLE.NEVER', 'permanent', 'never'));
  const [event] = await spine.state([invoice('third', 'a@example.com')]);
  const dead = await until('it is a dead letter', async () => {
    const [row] = await db.database.query<{ code: string; flow: string }>(
      `select code, flow from messaging.dead_letters where message_id = $1`,
      [event],
    );
    return row;
  });
  expect(dead).toEqual({ code: 'SAMPLE.NEVER', flow: 'sample.ledger' });
  expect((await attempts(event!)).map(({ outcome }) => outcome)).toEqual(['retry', 'dead']);
});

it('refuses a second one of its name', async () => {
  const twin = new Ledger(spine.get(EventSubscribers));
  await expect(spine.get(EventSubscribers).add(twin)).rejects.toThrow(
    'two subscribers are named sample.ledger',
  );
});
