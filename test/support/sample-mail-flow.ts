import { CommandHandler } from '@nestjs/cqrs';
import { IsString } from 'class-validator';
import { flow } from '../../src/shared/flow/define-flow.js';
import { Command, CommandType, Event } from '../../src/shared/kernel/message.js';
import { UseCase, type HandlerContext, type HandlerOutcome } from '../../src/shared/messaging/handler.js';

/** A second small business: invoices are mailed, and nobody can look up whether a mail left. */
@Event('sample.invoice-issued.v1')
export class InvoiceIssued {
  @IsString()
  invoice: string;

  @IsString()
  email: string;

  constructor(init: InvoiceIssued) {
    Object.assign(this, init);
  }
}

@CommandType<MailInvoice>('sample.mail-invoice.v1', {
  effect: {
    connector: 'mailer',
    class: 'hold',
    target: ({ email }) => email,
    redirect: (command, to) => (to.email ? Object.assign(command, { email: to.email }) : undefined),
  },
})
export class MailInvoice extends Command<{ sent: boolean }> {
  @IsString()
  invoice: string;

  @IsString()
  email: string;
}

export const mailer = {
  sent: [] as { to: string; invoice: string }[],
  /** Errors for the next calls. */
  next: [] as Error[],
  /** What the provider can show of an earlier attempt. */
  shown: undefined as { sent: boolean } | undefined,
  /** The reference of each call, also of those that failed. */
  references: [] as string[],
  /** When the effect of each call was planned. */
  planned: [] as Date[],
  /** For how long it honours a reference as a key. */
  keyHonouredMs: undefined as number | undefined,
  reset(): void {
    this.sent.length = 0;
    this.references.length = 0;
    this.planned.length = 0;
    this.next = [];
    this.shown = undefined;
    this.keyHonouredMs = undefined;
  },
};

@CommandHandler(MailInvoice)
export class MailInvoiceHandler extends UseCase<MailInvoice> {
  async run(
    { invoice, email }: MailInvoice,
    { effect }: HandlerContext,
  ): Promise<HandlerOutcome<{ sent: boolean }>> {
    const result = await effect.perform({
      look: async () => undefined,
      evidence: async () => mailer.shown,
      describe: () => 'mail an invoice',
      keyHonouredMs: mailer.keyHonouredMs,
      send: async () => {
        mailer.references.push(effect.reference);
        mailer.planned.push(effect.plannedAt);
        const error = mailer.next.shift();
        if (error) throw error;
        mailer.sent.push({ to: email, invoice });
        return { sent: true };
      },
      pretend: () => ({ sent: false }),
      providerId: () => undefined,
    });
    return { result };
  }
}

export const billing = flow('billing', { version: 1 })
  .startedBy(
    InvoiceIssued,
    (e) => e.invoice,
    ({ invoice, email }) => ({ invoice, email }),
  )
  .steps(['mail'], ({ send, end }) => ({ mail: send(MailInvoice, ({ state }) => state, end()) }));

export const billingHandlers = [MailInvoiceHandler];

export function invoice(name: string, email: string): { message: InvoiceIssued; subject: string } {
  return { message: new InvoiceIssued({ invoice: name, email }), subject: `invoice:${name}` };
}
