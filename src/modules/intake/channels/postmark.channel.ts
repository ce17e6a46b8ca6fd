import { Injectable } from '@nestjs/common';
import { parseJsonBounded } from '../../../shared/http/parse-json.js';
import { PayloadRefused } from '../intake.errors.js';
import { objectOf } from '../domain/json.js';
import { basicHeaders, verifyBasic } from './basic-auth.js';
import type {
  Channel,
  Draft,
  Genuine,
  InboundRequest,
  Secrets,
  SignedDraft,
  SignOptions,
  Update,
} from './channel.js';
import { updatesOfMail } from './mail-reading.js';
import { updateOfPostmarkRecord } from './postmark-bounces.js';
import { readPostmarkMail } from './postmark-mail.js';

const names = { user: 'postmark.webhook-user', password: 'postmark.webhook-password' } as const;

/**
 * Postmark's inbound webhook, and its webhooks for bounces and spam complaints. They are not signed: user and password
 * stand in the address (https://postmarkapp.com/developer/webhooks/webhooks-overview). Whatever is not 200 is repeated
 * ten times in 10.5 hours; 403 would end that, so it is never answered.
 */
@Injectable()
export class PostmarkChannel implements Channel {
  readonly name = 'postmark';
  readonly path = 'email/postmark';
  readonly title = 'Postmark';
  readonly mediaTypes = ['application/json'];
  readonly secrets = [names.password, names.user] as const;
  readonly answer = { taken: 200, body: 'receipt', unreadable: 'take', busy: 503 } as const;

  verify({ headers }: InboundRequest, secrets: Secrets): Genuine {
    verifyBasic(headers, secrets, names);
    return {};
  }

  async read({ body, receivedAt }: InboundRequest, id: string): Promise<readonly Update[]> {
    const payload = objectOf(parseJsonBounded(body));
    if (typeof payload['RecordType'] === 'string' && payload['RecordType'] !== 'Inbound') {
      return [updateOfPostmarkRecord(payload, receivedAt)];
    }
    if (typeof payload['MessageID'] !== 'string' || !Array.isArray(payload['Headers'])) {
      throw PayloadRefused({ message: 'The body is no mail of Postmark: it has no MessageID or Headers.' });
    }
    return updatesOfMail(await readPostmarkMail(payload), { id, receivedAt });
  }

  example(_source: string, unique: string, now: Date): Draft {
    const to = 'support@example.com';
    const mail = {
      ...{ From: 'ada@example.com', FromName: 'Ada Example', MessageStream: 'inbound', MessageID: unique },
      FromFull: { Email: 'ada@example.com', Name: 'Ada Example', MailboxHash: '' },
      ...{ To: to, ToFull: [{ Email: to, Name: '', MailboxHash: '' }], CcFull: [], OriginalRecipient: to },
      ...{ Subject: 'Where is my order?', Date: now.toUTCString(), ReplyTo: '', MailboxHash: '' },
      ...{ TextBody: 'Hello, where is my order?', HtmlBody: '', StrippedTextReply: '', Attachments: [] },
      Headers: [{ Name: 'Message-ID', Value: `<try.${unique}@example.com>` }],
    };
    return { contentType: 'application/json', body: Buffer.from(JSON.stringify(mail)) };
  }

  sign(draft: Draft, options: SignOptions): SignedDraft {
    return { ...draft, headers: basicHeaders(options, names) };
  }
}
