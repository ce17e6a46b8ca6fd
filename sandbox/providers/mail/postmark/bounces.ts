import type { FastifyInstance } from 'fastify';
import { asObject, asString } from '../../../core/json.ts';
import { deactivating } from '../events.ts';
import type { Bounce } from '../events.ts';
import type { MailWorld } from '../mailbox.ts';
import { answer, timeText, unprocessable } from './answers.ts';
import { pageOf } from './messages.ts';

const names: Record<Bounce['type'], [code: number, name: string, description: string, details: string]> = {
  HardBounce: [
    ...([1, 'Hard bounce', 'The server was unable to deliver your message (ex: unknown user).'] as const),
    'smtp;550 5.1.1 The mailbox does not exist',
  ],
  Transient: [
    2,
    'Message delayed',
    'The server could not temporarily deliver your message.',
    'smtp;451 4.3.0',
  ],
  DnsError: [
    256,
    'DNS error',
    'The message was undeliverable due to a DNS error.',
    'smtp;550 5.1.2 Bad host',
  ],
  SoftBounce: [4096, 'Soft bounce', 'Unable to temporarily deliver message.', 'smtp;452 4.2.2 Mailbox full'],
  BadEmailAddress: [100000, 'Invalid email address', 'The address is not a valid email address.', ''],
  SpamComplaint: [100001, 'Spam complaint', 'The subscriber explicitly marked this message as spam.', ''],
  Blocked: [100006, 'ISP block', 'Blocked from this ISP due to content or blacklisting.', 'smtp;550 5.7.1'],
};

/** The bounce API: https://postmarkapp.com/developer/api/bounce-api */
export function bounceRoutes(app: FastifyInstance, world: MailWorld): void {
  const { mailbox, commit } = world;
  const one = (id: string): Bounce => {
    const found = mailbox.bounces.get(Number(id));
    if (!found) throw unprocessable(407, 'The bounce does not exist.');
    return found;
  };

  app.get('/bounces', (request, reply) => {
    const query = asObject(request.query);
    const { count, offset } = pageOf(query);
    const found = [...mailbox.bounces.values()]
      .reverse()
      .filter(({ type }) => query['type'] === undefined || query['type'] === type)
      .filter(({ email }) => email.includes((asString(query['emailFilter']) ?? '').toLowerCase()));
    const page = found.slice(offset, offset + count).map((bounce) => presentBounce(world, bounce));
    return answer(reply, 200, { TotalCount: found.length, Bounces: page });
  });

  app.get('/bounces/:id', (request, reply) =>
    answer(reply, 200, presentBounce(world, one((request.params as { id: string }).id))),
  );

  app.put('/bounces/:id/activate', (request, reply) => {
    const bounce = one((request.params as { id: string }).id);
    if (bounce.type === 'SpamComplaint') throw unprocessable(300, 'A spam complaint cannot be activated.');
    commit({ type: 'address-activated', email: bounce.email });
    return answer(reply, 200, { Message: 'OK', Bounce: presentBounce(world, bounce) });
  });
}

/** A bounce as the API and the webhook tell it; the webhook adds `RecordType`. */
export function presentBounce({ mailbox }: MailWorld, bounce: Bounce): Record<string, unknown> {
  const [TypeCode, Name, Description, Details] = names[bounce.type];
  const mail = mailbox.mails.get(bounce.mailId);
  return {
    ...{ ID: bounce.id, Type: bounce.type, TypeCode, Name, Description, Details },
    ...{ Tag: mail?.postmark?.tag ?? '', MessageID: mail?.postmark?.messageId ?? '', ServerID: 1 },
    ...{ MessageStream: 'outbound', Metadata: mail?.postmark?.metadata ?? {}, Email: bounce.email },
    ...{ From: mail?.from ?? '', BouncedAt: timeText(bounce.at), Subject: mail?.subject ?? '' },
    ...{ DumpAvailable: false, Inactive: mailbox.inactive.has(bounce.email) },
    CanActivate: deactivating.includes(bounce.type) && bounce.type !== 'SpamComplaint',
  };
}
