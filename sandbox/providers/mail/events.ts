/** Every state change of the simulator; the journal is a list of these. Times are epoch milliseconds. */
export type MailEvent =
  | { type: 'mail-received'; mail: KeptMail }
  | { type: 'bounced'; bounce: Bounce }
  | { type: 'address-suppressed'; email: string; reason: SuppressionReason; at: number }
  | { type: 'address-activated'; email: string }
  | { type: 'counters-kept'; nextId: number; effects: unknown };

/** A mail as it was accepted, whoever handed it in. */
export type KeptMail = {
  id: string;
  at: number;
  via: 'smtp' | 'postmark';
  /** Of the envelope. */
  from: string;
  to: string[];
  /** With angle brackets; empty when it has none. */
  messageId: string;
  subject: string;
  /** MIME, base64. */
  raw: string;
  postmark?: PostmarkPart;
};

/** What Postmark knows of a mail beside its MIME. */
export type PostmarkPart = {
  messageId: string;
  stream: string;
  tag: string;
  metadata: Record<string, string>;
  textBody: string;
  htmlBody: string;
};

export type BounceType =
  'HardBounce' | 'SoftBounce' | 'Transient' | 'BadEmailAddress' | 'SpamComplaint' | 'DnsError' | 'Blocked';

/** Why Postmark sends nothing more to an address. */
export type SuppressionReason = 'HardBounce' | 'SpamComplaint' | 'ManualSuppression';

/** What came back of a mail; `HardBounce`, `BadEmailAddress` and `SpamComplaint` make the address inactive. */
export type Bounce = {
  id: number;
  type: BounceType;
  at: number;
  email: string;
  mailId: string;
};

export const deactivating: readonly BounceType[] = ['HardBounce', 'BadEmailAddress', 'SpamComplaint'];

export const bounceTypes: readonly BounceType[] = [
  ...deactivating,
  'SoftBounce',
  'Transient',
  'DnsError',
  'Blocked',
];
