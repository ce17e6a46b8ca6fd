import { EffectCounter } from '../../core/effects.ts';
import { deactivating } from './events.ts';
import type { Bounce, KeptMail, MailEvent, SuppressionReason } from './events.ts';

const KEPT = 10_000;

/** All mails that this sandbox accepted, by SMTP or by Postmark's API, and what bounced. */
export class Mailbox {
  readonly mails = new Map<string, KeptMail>();
  readonly bounces = new Map<number, Bounce>();
  /** Addresses to which Postmark sends nothing any more, and why. */
  readonly inactive = new Map<string, { reason: SuppressionReason; at: number }>();
  readonly effects = new EffectCounter();
  nextId = 1;

  apply(event: MailEvent): void {
    switch (event.type) {
      case 'mail-received':
        return this.receive(event.mail);
      case 'bounced':
        this.bounces.set(event.bounce.id, event.bounce);
        this.nextId = Math.max(this.nextId, event.bounce.id + 1);
        this.deactivate(event.bounce);
        return;
      case 'address-suppressed':
        this.inactive.set(event.email, { reason: event.reason, at: event.at });
        return;
      case 'address-activated':
        this.inactive.delete(event.email);
        return;
      case 'counters-kept':
        this.nextId = event.nextId;
        this.effects.restore(event.effects);
    }
  }

  /** Newest first. */
  list(recipient?: string): KeptMail[] {
    const all = [...this.mails.values()].reverse();
    const wanted = recipient?.toLowerCase();
    return wanted === undefined
      ? all
      : all.filter(({ to }) => to.some((one) => one.toLowerCase() === wanted));
  }

  byPostmarkId(messageId: string): KeptMail | undefined {
    return this.list().find(({ postmark }) => postmark?.messageId === messageId);
  }

  clear(): void {
    this.mails.clear();
    this.bounces.clear();
    this.inactive.clear();
    this.effects.clear();
    this.nextId = 1;
  }

  *snapshot(): Generator<MailEvent> {
    for (const mail of this.mails.values()) yield { type: 'mail-received', mail };
    for (const bounce of this.bounces.values()) yield { type: 'bounced', bounce };
    const bounced = [...this.bounces.values()].filter(({ type }) => deactivating.includes(type));
    for (const { email } of bounced) {
      if (!this.inactive.has(email)) yield { type: 'address-activated', email };
    }
    for (const [email, { reason, at }] of this.inactive) {
      if (reason === 'ManualSuppression') yield { type: 'address-suppressed', email, reason, at };
    }
    yield { type: 'counters-kept', nextId: this.nextId, effects: this.effects.snapshot() };
  }

  private deactivate({ type, email, at }: Bounce): void {
    if (!deactivating.includes(type)) return;
    this.inactive.set(email, { reason: type === 'SpamComplaint' ? 'SpamComplaint' : 'HardBounce', at });
  }

  /** One and the same mail accepted twice for a recipient is what its effect applied twice looks like from here. */
  private receive(mail: KeptMail): void {
    this.mails.set(mail.id, mail);
    this.nextId = Math.max(this.nextId, Number(mail.id) + 1);
    for (const recipient of mail.to)
      this.effects.countCreated(`${mail.messageId} ${recipient.toLowerCase()}`);
    const [oldest] = this.mails.keys();
    if (this.mails.size > KEPT && oldest !== undefined) this.mails.delete(oldest);
  }
}

/** What the parts of the simulator share. */
export type MailWorld = {
  mailbox: Mailbox;
  settings: MailSettings;
  /** Applies a state change and journals it. */
  commit: (event: MailEvent) => void;
};

export type MailSettings = {
  /** Whether SMTP takes mails only of those who have signed in. */
  requireAuth: boolean;
  /** For how many seconds an access token for XOAUTH2 is good. */
  tokenSeconds: number;
  /** After how many milliseconds Postmark's search knows a message. */
  indexLagMs: number;
};
