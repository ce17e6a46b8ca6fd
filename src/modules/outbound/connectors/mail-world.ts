import type { Mailer } from './mailer.js';

/** A mail as it was taken. */
export interface ArrivedMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly messageId: string;
  readonly subject: string;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly text: string;
  readonly html: string;
}

/** A way for mails and what is behind it, with the means to disturb it. */
export interface MailWorld {
  readonly mailer: Mailer;
  /** What was taken, oldest first. */
  mails(): Promise<readonly ArrivedMail[]>;
  /** Nothing can be sent to this address any more. */
  block(address: string): Promise<void>;
  /** The next mail is taken, and the answer lost. */
  loseAnswer(): Promise<void>;
  /** The next mail is turned away, for a while or for good. */
  turnAway(how: 'busy' | 'rejected' | 'credentials' | 'sender'): Promise<void>;
  /** The same, where nobody listens. */
  unreachable(): Mailer;
  /** Whether it can be asked what became of a mail. */
  readonly canTell: boolean;
}
