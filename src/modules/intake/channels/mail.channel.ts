import { Injectable } from '@nestjs/common';
import { verifyBasic, basicHeaders } from './basic-auth.js';
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
import { readMime } from './mime-reading.js';

const names = { user: 'mail.webhook-user', password: 'mail.webhook-password' } as const;

/** Mails as they are (`message/rfc822`, RFC 5322 and MIME), posted by a mail server of one's own by HTTP basic. */
@Injectable()
export class RawMailChannel implements Channel {
  readonly name = 'mail';
  readonly path = 'email/mime';
  readonly title = 'E-mail (raw)';
  readonly mediaTypes = ['message/rfc822'];
  readonly secrets = [names.password, names.user] as const;
  readonly answer = { taken: 202, body: 'receipt', unreadable: 'refuse', busy: 503 } as const;

  verify({ headers }: InboundRequest, secrets: Secrets): Genuine {
    verifyBasic(headers, secrets, names);
    return {};
  }

  async read({ body, receivedAt }: InboundRequest, id: string): Promise<readonly Update[]> {
    return updatesOfMail(await readMime(body), { id, receivedAt });
  }

  example(_source: string, unique: string, now: Date): Draft {
    const lines = [
      'Delivered-To: support@example.com',
      'From: Ada Example <ada@example.com>',
      'To: support@example.com',
      'Subject: Where is my order?',
      `Date: ${now.toUTCString()}`,
      `Message-ID: <try.${unique}@example.com>`,
      'MIME-Version: 1.0',
      'Content-Type: text/plain; charset=utf-8',
      '',
      'Hello, where is my order?',
      '',
    ];
    return { contentType: 'message/rfc822', body: Buffer.from(lines.join('\r\n')) };
  }

  sign(draft: Draft, options: SignOptions): SignedDraft {
    return { ...draft, headers: basicHeaders(options, names) };
  }
}
