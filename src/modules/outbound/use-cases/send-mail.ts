import { CommandHandler } from '@nestjs/cqrs';
import { Conditions } from '../../../shared/effects/conditions.js';
import { CodedError } from '../../../shared/kernel/coded-error.js';
import type { Outgoing } from '../../../shared/messaging/outcome.js';
import { UseCase, type HandlerContext, type HandlerOutcome } from '../../../shared/messaging/handler.js';
import { Mailer, type MailReceipt } from '../connectors/mailer.js';
import { MailSettings } from '../connectors/mail-settings.js';
import { MailSent, SendMail, type SendMailResult } from '../contracts.js';
import { deferralMs } from '../domain/mail-deferral.js';
import {
  envelopeOf,
  messageIdOf,
  recipientsIn,
  type MailContent,
  type OutgoingMail,
} from '../domain/outgoing-mail.js';
import { MailContents, type WrittenMail } from '../mail/contents.js';
import { MailDeferred, MailNotConnected, MailRecipientsRefused } from '../mail.errors.js';
import { SentMails } from '../persistence/sent-mails.js';
import { Suppressions } from '../persistence/suppressions.js';

/** A mail that is ready, and those of its recipients who get none. */
interface Prepared {
  readonly written: WrittenMail;
  readonly mail: OutgoingMail;
  readonly suppressed: readonly string[];
  /** What it is bound to holds no more. */
  readonly withdrawn: boolean;
}

/** Sends a mail: leaves out who must get none, hands it over once, and remembers whom it cannot reach. */
@CommandHandler(SendMail)
export class SendMailHandler extends UseCase<SendMail> {
  constructor(
    private readonly mailer: Mailer,
    private readonly settings: MailSettings,
    private readonly contents: MailContents,
    private readonly suppressions: Suppressions,
    private readonly sent: SentMails,
    private readonly conditions: Conditions,
  ) {
    super();
  }

  async run(command: SendMail, context: HandlerContext): Promise<HandlerOutcome<SendMailResult>> {
    const { effect, now } = context;
    const { sender } = this.settings;
    if (!sender) throw MailNotConnected({ message: 'Nobody is named whom mails are from (MAIL_FROM).' });
    const { reference } = effect;
    const messageId = messageIdOf(reference, sender.from);
    const everybody = recipientsIn(command).map(({ address }) => address);
    const envelope = envelopeOf(command, sender, { reference, date: now });
    let written: WrittenMail | undefined;

    const answer = await effect.perform<Prepared, SendMailResult>({
      look: async () => {
        const prepared = await this.prepare(command, envelope, context.signal);
        written = prepared.written;
        return prepared;
      },
      already: (prepared) => nothingSent(prepared, messageId),
      evidence: () => this.evidence(messageId, everybody, context),
      describe,
      send: (prepared) => this.send(prepared, context),
      pretend: (prepared) => nothingSent(prepared, messageId) ?? pretended(prepared, messageId),
      providerId: ({ providerId }) => providerId,
    });
    // A person who confirmed it may have said no more than that.
    const byPerson = { ...nothing, via: 'person', accepted: everybody } as const;
    const result: SendMailResult = { ...byPerson, ...answer, messageId };
    return { result, events: eventsOf(command, written, result) };
  }

  private async prepare(
    command: SendMail,
    envelope: Omit<OutgoingMail, keyof MailContent | 'to'>,
    signal: AbortSignal,
  ): Promise<Prepared> {
    const written = await this.contents.of(command);
    const all = recipientsIn(command);
    const suppressed = await this.suppressions.among(all.map(({ address }) => address));
    const to = all.filter(({ address }) => !suppressed.has(address));
    const withdrawn = !(await this.conditions.holds(command.onlyIf, signal));
    return { written, mail: { ...envelope, ...written.content, to }, suppressed: [...suppressed], withdrawn };
  }

  private async send({ mail, suppressed }: Prepared, context: HandlerContext): Promise<SendMailResult> {
    const { attempt, now, runId, signal } = context;
    const addresses = mail.to.map(({ address }) => address);
    await this.sent.note({ messageId: mail.messageId, runId, addresses }, now);
    const receipt = await this.mailer.send(mail, signal).catch((error: unknown) => {
      throw laterAt(error, attempt);
    });
    await this.suppressUnknown(receipt, context);
    const gone = receipt.accepted.length + receipt.suppressed.length > 0;
    if (!gone) throw refusalOf(receipt, attempt);
    return resultOf(mail.messageId, suppressed, receipt);
  }

  /** At once, not with the outcome: when nobody is left, the step fails and has none. */
  private async suppressUnknown(
    { refused }: MailReceipt,
    { now, runId, key }: HandlerContext,
  ): Promise<void> {
    const unknown = refused.filter(({ why }) => why === 'unknown');
    const common = { reason: 'refused', source: `run:${runId}`, since: now } as const;
    await this.suppressions.addNow(
      unknown.map(({ address }) => ({ ...common, address })),
      key,
    );
  }

  /** The provider shows it, or somebody's mail server has reported about it. */
  private async evidence(
    messageId: string,
    everybody: readonly string[],
    { effect, signal }: HandlerContext,
  ): Promise<SendMailResult | undefined> {
    if (await this.sent.isReported(messageId)) {
      const accepted = await this.sent.recipientsAmong(messageId, everybody);
      return { ...nothing, messageId, via: 'smtp', accepted };
    }
    const receipt = await this.mailer.find(effect.reference, signal);
    return receipt && resultOf(messageId, [], receipt);
  }
}

const nothing = { via: 'none', accepted: [], suppressed: [], refused: [] } as const;

/** Why there is nothing to send; undefined when there is. */
function nothingSent(
  { mail, suppressed, withdrawn }: Prepared,
  messageId: string,
): SendMailResult | undefined {
  if (withdrawn) return { ...nothing, messageId, withdrawn };
  return mail.to.length > 0 ? undefined : { ...nothing, messageId, suppressed };
}

function pretended({ mail, suppressed }: Prepared, messageId: string): SendMailResult {
  return { ...nothing, messageId, suppressed, accepted: mail.to.map(({ address }) => address) };
}

function resultOf(
  messageId: string,
  suppressed: readonly string[],
  { via, providerId, accepted, suppressed: byProvider, refused }: MailReceipt,
): SendMailResult {
  return {
    ...{ messageId, accepted, suppressed: [...suppressed, ...byProvider] },
    via: accepted.length > 0 ? via : 'none',
    refused: refused.map(({ address }) => address),
    ...(providerId !== undefined && { providerId }),
  };
}

/** For people; names nobody. */
function describe({ written: { name }, mail: { to }, suppressed, withdrawn }: Prepared): string {
  if (withdrawn) return `send ${name} no more`;
  const left = suppressed.length > 0 ? `, ${suppressed.length} suppressed` : '';
  return `send ${name} to ${to.length}${left}`;
}

/** How long to wait is not for the server to say: it is longer each time. */
function laterAt(error: unknown, attempt: number): unknown {
  const isDeferred = error instanceof CodedError && error.code === MailDeferred.code;
  return isDeferred ? MailDeferred({ details: error.details, retryAfterMs: deferralMs(attempt) }) : error;
}

function refusalOf({ refused }: MailReceipt, attempt: number): CodedError {
  const replies = [...new Set(refused.map(({ status, why }) => status ?? why))];
  const isDeferred = refused.some(({ why }) => why === 'deferred');
  return isDeferred
    ? MailDeferred({ details: { replies }, retryAfterMs: deferralMs(attempt) })
    : MailRecipientsRefused({ details: { replies } });
}

function eventsOf(
  { kind, template }: SendMail,
  written: WrittenMail | undefined,
  result: SendMailResult,
): readonly Outgoing[] {
  const { messageId, providerId, via, accepted, suppressed, refused } = result;
  if (via === 'none') return [];
  const message = new MailSent({
    ...{ messageId, via, kind },
    ...(providerId !== undefined && { providerId }),
    ...(template !== undefined && { template }),
    ...(written?.templateVersion !== undefined && { templateVersion: written.templateVersion }),
    ...{ accepted: accepted.length, suppressed: suppressed.length, refused: refused.length },
  });
  return [{ message, subject: `mail:${messageId}` }];
}
