import type { FastifyInstance } from 'fastify';
import { asObject, asString } from '../../../core/json.ts';
import type { KeptMail, PostmarkPart } from '../events.ts';
import type { MailWorld } from '../mailbox.ts';
import { rawOf } from '../mime.ts';
import { answer, timeText, unprocessable } from './answers.ts';

type Sent = KeptMail & { postmark: PostmarkPart };

/** The messages API: https://postmarkapp.com/developer/api/messages-api. Its search lags behind what was sent. */
export function messageRoutes(app: FastifyInstance, { mailbox, settings }: MailWorld): void {
  app.get('/messages/outbound', (request, reply) => {
    const query = asObject(request.query);
    const { count, offset } = pageOf(query);
    const known = mailbox
      .list()
      .filter(isSent)
      .filter(({ at }) => Date.now() - at >= settings.indexLagMs);
    const found = known.filter((mail) => matches(mail, query));
    const messages = found.slice(offset, offset + count).map(summary);
    return answer(reply, 200, { TotalCount: found.length, Messages: messages });
  });

  app.get('/messages/outbound/:id/details', (request, reply) => {
    const { id } = request.params as { id: string };
    const mail = mailbox.byPostmarkId(id);
    if (!mail || !isSent(mail)) throw unprocessable(701, 'This message does not exist.');
    const { textBody, htmlBody } = mail.postmark;
    const Body = rawOf(mail).toString();
    const bounces = [...mailbox.bounces.values()].filter(({ mailId }) => mailId === mail.id);
    const MessageEvents = bounces.map(({ type, at, email }) => ({
      ...{
        Recipient: email,
        Type: type === 'SpamComplaint' ? 'SpamComplaint' : 'Bounced',
        ReceivedAt: timeText(at),
      },
    }));
    return answer(reply, 200, {
      ...summary(mail),
      TextBody: textBody,
      HtmlBody: htmlBody,
      Body,
      MessageEvents,
    });
  });
}

const isSent = (mail: KeptMail): mail is Sent => mail.postmark !== undefined;

/** Both are required; at most 500 at a time. */
export function pageOf(query: Record<string, unknown>): { count: number; offset: number } {
  const count = Number(asString(query['count']) ?? NaN);
  const offset = Number(asString(query['offset']) ?? NaN);
  if (!Number.isInteger(count) || count < 1 || count > 500) {
    throw unprocessable(300, "Parameter 'count' is required, and at most 500.");
  }
  if (!Number.isInteger(offset) || offset < 0) throw unprocessable(300, "Parameter 'offset' is required.");
  return { count, offset };
}

/** Only one field of the metadata can be asked for. */
function matches(mail: Sent, query: Record<string, unknown>): boolean {
  const { tag, metadata, stream } = mail.postmark;
  const wanted: Record<string, boolean> = {
    recipient: mail.to.includes((asString(query['recipient']) ?? '').toLowerCase()),
    fromemail: mail.from === query['fromemail'],
    tag: tag === query['tag'],
    subject: mail.subject === query['subject'],
    messagestream: stream === query['messagestream'],
    status: query['status'] === 'sent',
  };
  return Object.entries(query).every(([name, value]) => {
    if (name.startsWith('metadata_')) return metadata[name.slice('metadata_'.length)] === value;
    return !(name in wanted) || wanted[name] === true;
  });
}

function summary({ at, from, to, subject, postmark }: Sent): Record<string, unknown> {
  return {
    ...{ Tag: postmark.tag, MessageID: postmark.messageId, MessageStream: postmark.stream },
    ...{ To: to.map((Email) => ({ Email, Name: null })), Cc: [], Bcc: [], Recipients: to },
    ...{ ReceivedAt: timeText(at), From: from, Subject: subject, Attachments: [], Status: 'Sent' },
    ...{ TrackOpens: false, TrackLinks: 'None', Metadata: postmark.metadata, Sandboxed: false },
  };
}
