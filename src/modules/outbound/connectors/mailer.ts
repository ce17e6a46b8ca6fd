import type { MailWay } from '../contracts.js';
import type { OutgoingMail } from '../domain/outgoing-mail.js';

/** An address for which a server did not take the mail. */
export interface RefusedRecipient {
  readonly address: string;
  /** `unknown`: there is no such mailbox. `deferred`: it may be taken later. */
  readonly why: 'unknown' | 'deferred' | 'refused';
  /** Enhanced status code (RFC 3463), where the server gave one. */
  readonly status?: string;
}

/** For whom a mail was taken. When nobody is in `accepted` nothing left. */
export interface MailReceipt {
  readonly via: MailWay;
  readonly providerId?: string;
  readonly accepted: readonly string[];
  /** Addresses to which the provider sends nothing any more. */
  readonly suppressed: readonly string[];
  readonly refused: readonly RefusedRecipient[];
}

/**
 * A way for mails to leave. All errors are coded (`mail.errors.ts`, `CONNECTORS.*`), and say by their kind whether
 * something may have left: only `uncertain` says so.
 */
export abstract class Mailer {
  /** Hands a mail over once. @throws CodedError */
  abstract send(mail: OutgoingMail, signal?: AbortSignal): Promise<MailReceipt>;

  /**
   * What proves that a mail of this reference left, where the provider can tell. Undefined proves nothing.
   * @throws CodedError
   */
  abstract find(reference: string, signal?: AbortSignal): Promise<MailReceipt | undefined>;
}
