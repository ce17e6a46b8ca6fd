import { overdueInvoice } from '../../src/flows/overdue-invoice.flow.js';
import { BillingModule } from '../../src/modules/billing/billing.module.js';
import { DuesChanged, InvoiceOverdue, type BillingProvider } from '../../src/modules/billing/contracts.js';
import type { DunningPolicy } from '../../src/modules/billing/domain/dunning-policy.js';
import { CrmModule } from '../../src/modules/crm/crm.module.js';
import { InvoiceChanged, MailBounced, MessageReceived } from '../../src/modules/intake/contracts.js';
import { OutboundModule } from '../../src/modules/outbound/outbound.module.js';
import { RateStore } from '../../src/shared/connectors/rate-bucket.js';
import { KeyedHash } from '../../src/shared/crypto/keyed-hash.js';
import { ApprovalDecisions } from '../../src/shared/flow/approval-decisions.js';
import { businessKeyHash } from '../../src/shared/flow/business-key.js';
import { RunOperations } from '../../src/shared/flow/run-operations.js';
import { newId } from '../../src/shared/kernel/ids.js';
import { ShiftedClock } from '../../src/shared/kernel/clock.js';
import { LaneGates } from '../../src/shared/messaging/lane-gates.js';
import { Reconciler } from '../../src/shared/messaging/reconciler.js';
import { PolicyStore } from '../../src/shared/policies/policy-store.js';
import { SecretStore } from '../../src/shared/secrets/secret-store.js';
import { seedSecrets } from '../../src/shared/secrets/seed-secrets.js';
import { testDatabase, type TestDatabase } from './database.js';
import { live } from './dunning.js';
import { MailSandbox, type SeenMail } from './mail-sandbox.js';
import { SandboxProcess } from './sandbox-under-test.js';
import { Spine } from './spine.js';
import { StripeWorld } from './stripe-world.js';
import { until } from './until.js';
import { XeroWorld } from './xero-world.js';

const accounts = { xero: '10000000-0000-4000-8000-000000000001', stripe: 'self' } as const;

export interface DunningRun {
  readonly id: string;
  readonly status: string;
  readonly step: string;
  readonly visit: number;
}

/** A customer and what people know of them. */
export interface Debtor {
  readonly provider: BillingProvider;
  readonly id: string;
  readonly email: string;
  /** In the CRM; undefined where it does not know them. */
  readonly contactId: string | undefined;
}

/** The flow over the real spine and contexts, and simulated accounting systems, CRM and mailbox. Time is the test's. */
export class DunningWorld {
  readonly sandbox = new SandboxProcess();
  readonly clock = new ShiftedClock();
  mail!: MailSandbox;
  xero!: XeroWorld;
  stripe!: StripeWorld;
  db!: TestDatabase;
  spine!: Spine;
  private debtors = 0;

  async start(): Promise<void> {
    await this.sandbox.start({ SANDBOX_HUBSPOT_RATE: '100000' });
    this.db = await testDatabase();
    this.mail = new MailSandbox(this.sandbox.url);
    this.xero = new XeroWorld(this.sandbox, this.db);
    this.stripe = new StripeWorld(this.sandbox);
    await this.begin();
  }

  /** A process begins. */
  async begin(): Promise<void> {
    this.spine = await Spine.start({
      ...{ db: this.db, clock: this.clock, flows: [overdueInvoice], handlers: [] },
      modules: [BillingModule, CrmModule, OutboundModule],
      env: { SIGNALBOX_ROLES: 'worker', ...(await this.env()) },
    });
    await seedSecrets(this.spine.get(SecretStore), this.spine.config);
    // Weeks of calls pass in a second.
    Object.assign(this.spine.get(RateStore), { reserve: async () => ({ granted: true, waitMs: 0 }) });
  }

  /** Where everything is. */
  async env(): Promise<Record<string, string>> {
    const { url } = this.sandbox;
    return {
      HUBSPOT_BASE_URL: `${url}/hubspot`,
      HUBSPOT_ACCESS_TOKEN: 'sandbox-hubspot-token',
      XERO_BASE_URL: `${url}/xero`,
      XERO_TOKEN_URL: `${url}/xero/connect/token`,
      XERO_CLIENT_ID: 'sandbox-xero-client',
      XERO_CLIENT_SECRET: 'sandbox-xero-secret',
      STRIPE_BASE_URL: `${url}/stripe`,
      STRIPE_API_KEY: 'sk_test_sandbox',
      MAIL_FROM: 'Example Billing <billing@example.com>',
      MAIL_REPLY_TO: 'support@example.com',
      SMTP_URL: await this.mail.smtpUrl(),
    };
  }

  async stop(): Promise<void> {
    await this.spine?.stop();
    await this.db?.close();
    await this.sandbox.stop();
  }

  /** Ends what runs, empties everything outside, and goes to a day. */
  async reset(now: string): Promise<void> {
    const open = await this.db.database.query<{ id: string }>(
      `select id from flow.runs where finished_at is null`,
    );
    for (const { id } of open) await this.spine.get(RunOperations).cancel(id, 'over', 'test');
    await this.sandbox.admin('POST', '/reset');
    await this.sandbox.admin('PUT', '/hubspot/settings', { indexLagMs: 0, searchRate: 10_000 });
    await this.mail.admin('PUT', '/mail/settings', { indexLagMs: 0 });
    await this.xero.inZone('Europe/London');
    for (const table of ['billing.oauth_grants', 'outbound.suppressions'])
      await this.db.database.query(`delete from ${table}`);
    this.clock.advance(new Date(now).getTime() - this.clock.now().getTime());
    await this.policy(live);
    await this.activate('people', {
      people: { ann: { name: 'Ann Example', hubspotOwnerId: '50010001' } },
      fallback: 'ann',
    });
  }

  async policy(body: DunningPolicy): Promise<void> {
    await this.activate('dunning', body);
  }

  /** As the accounting system and the CRM know them. */
  async debtor(
    provider: BillingProvider = 'xero',
    { country = 'GB', inCrm = true, hasAddress = true } = {},
  ): Promise<Debtor> {
    const number = (this.debtors += 1);
    const email = `debtor-${number}@example.com`;
    const given = { name: `Debtor ${number} Ltd`, email: hasAddress ? email : '', phone: '', country };
    const id = await this[provider].customer(given);
    const properties = { email };
    const contact = inCrm ? await this.sandbox.admin('POST', '/hubspot/contacts', { properties }) : undefined;
    return { provider, id, email, contactId: contact?.['id'] as string | undefined };
  }

  issue({ provider, id }: Debtor, dueDate: string, minor = 10_000): Promise<string> {
    return this[provider].issue({ customer: id, minor, dueDate });
  }

  /** It is found overdue. @returns the event's id */
  async overdue({ provider, id }: Debtor, invoiceId: string, dueDate: string): Promise<string> {
    const account = accounts[provider];
    const message = new InvoiceOverdue({ provider, account, customerId: id, invoiceId, dueDate });
    return this.say(message, `invoice:${invoiceId}`);
  }

  /** The accounting system tells that an invoice changed. */
  async changed({ provider }: Debtor, invoiceId: string): Promise<string> {
    const at = this.clock.now().toISOString();
    const said = { provider, account: accounts[provider], invoiceId, hint: 'update', at };
    return this.say(new InvoiceChanged(said), `invoice:${invoiceId}`);
  }

  async duesChanged({ provider, id }: Debtor): Promise<string> {
    const account = accounts[provider];
    const message = new DuesChanged({ provider, account, customerId: id, reason: 'invoice-changed' });
    return this.say(message, `customer:${id}`);
  }

  /** The customer answers a mail: to the address for answers, or to a mail that it names. */
  async reply(mail: SeenMail, how: 'token' | 'in-reply-to' = 'token'): Promise<string> {
    const replyTo = mail.headers.find(({ name }) => name.toLowerCase() === 'reply-to')?.value ?? '';
    const token = /\+c\.([^@]+)@/.exec(replyTo)?.[1];
    const conversation = how === 'token' ? `token:${token}` : '<a-thread-of-theirs@example.com>';
    const message = new MessageReceived({
      ...{ messageId: newId(), channel: 'email', mailbox: 'support@example.com', kind: 'text' },
      conversation: `email:support@example.com:${conversation}`,
      sender: { kind: 'email', address: mail.to[0]! },
      ...{
        sentAt: this.clock.now().toISOString(),
        subject: `Re: ${mail.subject}`,
        text: 'I pay on the 20th.',
      },
      ...{ files: [], reference: `<${newId()}@example.com>` },
      ...(how === 'in-reply-to' && { inReplyTo: mail.messageId }),
    });
    return this.say(message, 'message:reply');
  }

  async bounced(mail: SeenMail, more: Partial<MailBounced> = {}): Promise<string> {
    const at = this.clock.now().toISOString();
    const given = { kind: 'bounce', recipient: mail.to[0]!, permanent: true, at } as const;
    return this.say(
      new MailBounced({ ...given, originalReference: mail.messageId, ...more }),
      'mail:bounced',
    );
  }

  async say(message: object, subject: string): Promise<string> {
    const [id] = await this.spine.state([{ message, subject, partitionKey: subject }]);
    return id!;
  }

  /** Runs of a customer, oldest first. */
  async runs({ provider, id }: Debtor): Promise<DunningRun[]> {
    const key = `${provider}:${accounts[provider]}:${id}`;
    return this.db.database.query<DunningRun>(
      `select id, status, step, visit from flow.runs where business_key = $1 order by id`,
      [businessKeyHash(this.spine.get(KeyedHash), key)],
    );
  }

  /** The last run stands at a step, later than at a visit, and nothing is under way. */
  async at(debtor: Debtor, step: string, after = 0): Promise<DunningRun> {
    return until(`the run of ${debtor.id} at ${step}`, async () => {
      await this.hurry();
      const last = (await this.runs(debtor)).at(-1);
      const isThere = last?.status === 'running' && last.step === step && last.visit > after;
      return isThere && (await this.isQuiet()) ? last : undefined;
    });
  }

  /** The last run has that status, and nothing is under way. */
  async is(debtor: Debtor, status: string): Promise<DunningRun> {
    return until(`the run of ${debtor.id} is ${status}`, async () => {
      await this.hurry();
      const last = (await this.runs(debtor)).at(-1);
      return last?.status === status && (await this.isQuiet()) ? last : undefined;
    });
  }

  /** When the run at its wait goes on by itself. */
  async dueAt(debtor: Debtor): Promise<string> {
    const { id } = await this.at(debtor, 'wait');
    const [timer] = await this.db.database.query<{ due_at: Date }>(
      `select due_at from messaging.timers where run_id = $1`,
      [id],
    );
    return timer!.due_at.toISOString();
  }

  /** Time passes until the run goes on by itself, and it waits again. @returns what time it is then */
  async next(debtor: Debtor, step = 'wait'): Promise<string> {
    const { visit } = await this.at(debtor, 'wait');
    const due = await this.dueAt(debtor);
    await this.goTo(due);
    await this.at(debtor, step, visit);
    return due;
  }

  /** Time passes; what is due is found at once. */
  async goTo(time: string): Promise<void> {
    this.clock.advance(new Date(time).getTime() - this.clock.now().getTime() + 1_000);
    await this.spine.get(Reconciler).fireTimers();
  }

  /** Subjects of the mails to somebody, oldest first. */
  async subjects({ email }: Debtor): Promise<string[]> {
    return (await this.mails(email)).map(({ subject }) => subject);
  }

  async mails(email: string): Promise<SeenMail[]> {
    return (await this.mail.mails()).filter(({ to }) => to.includes(email));
  }

  /** What the CRM holds of a kind. */
  async crm(kind: 'notes' | 'tasks'): Promise<{ id: string; properties: Record<string, string> }[]> {
    const { results } = await this.sandbox.admin('GET', `/hubspot/${kind}`);
    return results as { id: string; properties: Record<string, string> }[];
  }

  /** What a person is asked about a run. */
  async asked({ id }: DunningRun): Promise<{ id: string; hash: string; what: string }> {
    const [open] = await this.db.database.query<{ id: string; hash: string; what: string }>(
      `select id, encode(proposal_hash, 'hex') as hash, what from flow.approvals where run_id = $1 and state = 'open'`,
      [id],
    );
    return open!;
  }

  async decide(run: DunningRun, decision: 'approved' | 'denied'): Promise<void> {
    const { id, hash } = await this.asked(run);
    await this.spine.get(ApprovalDecisions).decide(
      id,
      { decision, hash, reason: 'as they said' },
      {
        ...{ actor: 'key:approver', roles: ['approver'] },
      },
    );
  }

  /** Two persons: one says from which day on, the other approves that. */
  async goOnFrom(run: DunningRun, from: string): Promise<void> {
    const { id, hash } = await this.asked(run);
    const proposal = { from, why: 'reply', about: [] };
    const amending = { actor: 'key:amender', roles: ['approver'] };
    await this.spine.get(ApprovalDecisions).amend(id, { proposal, hash, reason: 'they promised' }, amending);
    await this.decide(run, 'approved');
  }

  retry({ id }: DunningRun): Promise<unknown> {
    return this.spine.get(RunOperations).retry(id, 'test');
  }

  /** Retries come at once, few of them, and whatever a breaker thinks of it. */
  async hurry(): Promise<void> {
    const gates = this.spine.get(LaneGates);
    for (const lane of ['mail', 'hubspot']) gates.open(lane);
    await this.db.database.query(
      `update messaging.deliveries set due_at = now(), max_attempts = least(max_attempts, 4)
       where state = 'pending' and due_at > now()`,
    );
  }

  async isQuiet(): Promise<boolean> {
    const [row] = await this.db.database.query<{ n: number }>(
      `select count(*)::int as n from messaging.deliveries where state <> 'dead'`,
    );
    return row?.n === 0;
  }

  private async activate(name: string, body: object): Promise<void> {
    const store = this.spine.get(PolicyStore);
    store.check(name, body);
    await this.db.database.query(
      `update policies.documents set body = $2::jsonb where name = $1 and state = 'active'`,
      [name, JSON.stringify(body)],
    );
    store.forget(name);
  }
}
