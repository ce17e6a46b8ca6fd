import { createTransport } from 'nodemailer';
import { until } from '../support/until.ts';
import type { Facts } from './facts.ts';
import type { Finding, FindingKind, SceneProof } from './proof.ts';
import type { Scene, Stage } from './scene.ts';

type Provider = 'xero' | 'stripe';

interface Customer {
  readonly provider: Provider;
  readonly id: string;
  readonly email: string;
  /** In HubSpot; a customer who is no contact gets no note. */
  readonly contactId: string | undefined;
  readonly invoices: readonly { readonly id: string; readonly number: string }[];
}

interface Mail {
  readonly id: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
}

interface Note {
  readonly id: string;
  readonly associations: Readonly<Record<string, readonly string[]>>;
}

const patienceMs = 90_000;
const lateBy = 6;
/** How many invoices each customer owes. */
const plan: readonly [Provider, number][] = [
  ['xero', 1],
  ['xero', 2],
  ['stripe', 1],
  ['stripe', 2],
  ['stripe', 1],
];

/** Customers are late, are reminded once of all they owe, and pay. */
export class InvoicesScene implements Scene {
  readonly title = 'Customers of Xero and Stripe are late, are reminded, and pay';
  private readonly customers: Customer[] = [];
  private readonly stage: Stage;

  constructor(stage: Stage) {
    this.stage = stage;
  }

  async play(): Promise<string[]> {
    const { sandbox, facts } = this.stage;
    await this.goLive();
    for (const [provider, count] of plan) this.customers.push(await this.enter(provider, count));
    await this.listen();
    await sandbox.call('POST', '/mail/faults', [{ kind: 'smtp-421', times: 1 }]);
    await sandbox.call('POST', '/stripe/faults', [{ kind: '500', times: 2 }]);
    for (const { provider, invoices } of this.customers)
      for (const { id } of invoices) await this.tell(provider, id);
    await until(
      'a reminder for every customer',
      async () => (await this.reminded()) === plan.length,
      patienceMs,
    );
    await until('every run to wait', () => this.isWaiting(), patienceMs);
    for (const { provider, invoices } of this.customers)
      for (const { id } of invoices) await this.pay(provider, id);
    await until('every run to end', async () => (await openRuns(facts.query.bind(facts))) === 0, patienceMs);
    return [
      `${plan.length} customers owe ${this.owed} invoices that are ${lateBy} days late; each got one reminder of all of them, ` +
        'and then paid',
    ];
  }

  /** The same reminder once more, past the ledger. */
  async plant(): Promise<void> {
    const [mail] = await this.mails();
    if (!mail) throw new Error('there is no reminder to send once more');
    const { smtpUrl } = await this.stage.sandbox.call<{ smtpUrl: string }>('GET', '/mail');
    const { from, to, subject, text } = mail;
    await createTransport(smtpUrl).sendMail({ from, to: [...to], subject, text });
  }

  async prove({ runs, effects }: Facts): Promise<SceneProof> {
    const own = runs.filter(({ flow }) => flow === 'overdue-invoice');
    const ids = new Set(own.map(({ id }) => id));
    const mails = await this.mails();
    const notes = await this.notes();
    const addresses = new Set(this.customers.map(({ email }) => email));
    const strange = mails.filter(({ to }) => !to.every((one) => addresses.has(one)));
    const done = own.filter(({ status }) => status === 'done').length;
    const confirmed = effects.filter(
      ({ runId, state }) => runId && ids.has(runId) && state === 'confirmed',
    ).length;
    return {
      line:
        `${plan.length} late customers, ${this.owed} invoices · ${done} runs done · ${confirmed} effects confirmed · ` +
        `${mails.length} mails in the mailbox`,
      findings: [
        ...this.customers.flatMap((one) => findingsOf(one, mails, notes)),
        ...strange.map(({ to }) => ({
          kind: 'phantom' as const,
          subject: to.join(', '),
          what: 'a mail that nobody is due',
        })),
      ],
    };
  }

  /** Contacts that a person has entered in HubSpot. */
  get entered(): ReadonlySet<string> {
    return new Set(this.customers.flatMap(({ email, contactId }) => (contactId ? [email] : [])));
  }

  private get owed(): number {
    return plan.reduce((sum, [, count]) => sum + count, 0);
  }

  /** What going live asks; no hour of the demo is quiet. */
  private async goLive(): Promise<void> {
    const away = (minutes: number): string =>
      new Date(Date.now() + 12 * 3_600_000 + minutes * 60_000).toISOString().slice(11, 16);
    await this.stage.admin.changePolicy('dunning', (body) => ({
      ...body,
      goingLive: { accountingRemindersOff: true, backlog: 'all' },
      quietHours: { from: away(0), until: away(1), workingDaysOf: null },
      zones: { ...(body['zones'] as object), default: 'calendar' },
    }));
  }

  private async enter(provider: Provider, count: number): Promise<Customer> {
    const { sandbox } = this.stage;
    const n = this.customers.length + 1;
    const person = { name: `Customer ${n} Ltd`, email: `accounts.${n}@example.com` };
    const contact =
      n % 2 === 1
        ? await sandbox.call<{ id: string }>('POST', '/hubspot/contacts', {
            properties: { email: person.email },
          })
        : undefined;
    const id = provider === 'xero' ? await this.xeroContact(person) : await this.stripeCustomer(person);
    const invoices: { id: string; number: string }[] = [];
    for (let i = 0; i < count; i += 1)
      invoices.push(provider === 'xero' ? await this.xeroInvoice(id) : await this.stripeInvoice(id));
    return { provider, id, email: person.email, contactId: contact?.id, invoices };
  }

  private async xeroContact({ name, email }: { name: string; email: string }): Promise<string> {
    const made = await this.stage.sandbox.call<{ ContactID: string }>('POST', '/xero/contacts', {
      Name: name,
      EmailAddress: email,
    });
    return made.ContactID;
  }

  private async xeroInvoice(contact: string): Promise<{ id: string; number: string }> {
    const made = await this.stage.sandbox.call<{ InvoiceID: string; InvoiceNumber: string }>(
      'POST',
      '/xero/invoices',
      {
        ...{ Type: 'ACCREC', Status: 'AUTHORISED', Contact: { ContactID: contact } },
        ...{ Date: daysAgo(36), DueDate: daysAgo(lateBy), CurrencyCode: 'GBP' },
        LineItems: [{ Description: 'Work', Quantity: 1, UnitAmount: 120, AccountCode: '200' }],
      },
    );
    return { id: made.InvoiceID, number: made.InvoiceNumber };
  }

  private async stripeCustomer(person: { name: string; email: string }): Promise<string> {
    return (await this.stage.sandbox.call<{ id: string }>('POST', '/stripe/customers', person)).id;
  }

  private async stripeInvoice(customer: string): Promise<{ id: string; number: string }> {
    const due_date = Math.floor(Date.now() / 1_000) - lateBy * 86_400;
    const invoice = { customer, amount: 12_000, currency: 'gbp', due_date };
    return this.stage.sandbox.call('POST', '/stripe/invoices', invoice);
  }

  /** From now on both systems tell of every change. */
  private async listen(): Promise<void> {
    const { sandbox, url, secrets } = this.stage;
    const [key, secret] = [secrets['XERO_WEBHOOK_KEY'], secrets['STRIPE_WEBHOOK_SECRET']];
    await sandbox.call('PUT', '/xero/webhook', { url: `${url}/webhooks/xero`, key, automatic: true });
    await sandbox.call('PUT', '/stripe/webhook', { url: `${url}/webhooks/stripe`, secret, automatic: true });
  }

  private async tell(provider: Provider, invoice: string): Promise<void> {
    const type = provider === 'stripe' ? { type: 'invoice.overdue' } : {};
    await this.stage.sandbox.call('POST', `/${provider}/webhook/send`, { invoice, ...type });
  }

  private async pay(provider: Provider, invoice: string): Promise<void> {
    const path =
      provider === 'xero' ? `/xero/invoices/${invoice}/payments` : `/stripe/invoices/${invoice}/pay`;
    await this.stage.sandbox.call('POST', path, {});
  }

  private async reminded(): Promise<number> {
    const mails = await this.mails();
    return this.customers.filter(({ email }) => mails.some(({ to }) => to.includes(email))).length;
  }

  private async isWaiting(): Promise<boolean> {
    const [row] = await this.stage.facts.query<{ waiting: number; busy: number }>(
      `select (select count(*) from flow.runs where flow = 'overdue-invoice' and status = 'running' and step = 'wait')::int as waiting,
         (select count(*) from messaging.deliveries)::int as busy`,
    );
    return row?.waiting === plan.length && row.busy === 0;
  }

  private async mails(): Promise<Mail[]> {
    const { results } = await this.stage.sandbox.call<{ results: { id: string }[] }>('GET', '/mail/mails');
    return Promise.all(results.map(({ id }) => this.stage.sandbox.call<Mail>('GET', `/mail/mails/${id}`)));
  }

  private async notes(): Promise<Note[]> {
    const { results } = await this.stage.sandbox.call<{ results: { id: string }[] }>('GET', '/hubspot/notes');
    return Promise.all(results.map(({ id }) => this.stage.sandbox.call<Note>('GET', `/hubspot/notes/${id}`)));
  }
}

/** One customer: one reminder that lists all that is due, and one note where there is a contact. */
function findingsOf(customer: Customer, mails: readonly Mail[], notes: readonly Note[]): Finding[] {
  const found: Finding[] = [];
  const add = (kind: FindingKind, what: string): void =>
    void found.push({ kind, subject: customer.email, what });
  const own = mails.filter(({ to }) => to.includes(customer.email));
  if (own.length === 0) add('lost', 'no reminder');
  if (own.length > 1) add('duplicated', `${own.length} reminders`);
  const [mail] = own;
  for (const { number } of customer.invoices)
    if (mail && !mail.text.includes(number)) add('lost', `invoice ${number} is not in the reminder`);
  const { contactId } = customer;
  const about = notes.filter(
    ({ associations }) => contactId && Object.values(associations).flat().includes(contactId),
  );
  if (contactId && about.length === 0) add('lost', 'no note on its contact');
  if (about.length > 1) add('duplicated', `${about.length} notes on its contact`);
  return found;
}

async function openRuns(query: Stage['facts']['query']): Promise<number> {
  const [row] = await query<{ n: number }>(
    `select count(*)::int as n from flow.runs where flow = 'overdue-invoice' and status not in ('done', 'failed', 'cancelled')`,
  );
  return row?.n ?? 0;
}

function daysAgo(days: number): string {
  return new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);
}
