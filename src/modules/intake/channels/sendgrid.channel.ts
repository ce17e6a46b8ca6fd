import { Injectable } from '@nestjs/common';
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
import { readForm } from './form-body.js';
import { updatesOfMail } from './mail-reading.js';
import { readSendgridMail } from './sendgrid-mail.js';

const names = { user: 'sendgrid.webhook-user', password: 'sendgrid.webhook-password' } as const;

/**
 * SendGrid's Inbound Parse (https://www.twilio.com/docs/sendgrid/for-developers/parsing-email/inbound-email), parsed or
 * raw. It is not signed unless a policy is set: user and password stand in the address. 5xx is repeated for three days.
 */
@Injectable()
export class SendgridChannel implements Channel {
  readonly name = 'sendgrid';
  readonly path = 'email/sendgrid';
  readonly title = 'SendGrid';
  readonly mediaTypes = ['multipart/form-data'];
  readonly secrets = [names.password, names.user] as const;
  readonly answer = { taken: 200, body: 'receipt', unreadable: 'take', busy: 503 } as const;

  verify({ headers }: InboundRequest, secrets: Secrets): Genuine {
    verifyBasic(headers, secrets, names);
    return {};
  }

  async read({ headers, body, receivedAt }: InboundRequest, id: string): Promise<readonly Update[]> {
    const form = await readForm(headers['content-type'], body);
    return updatesOfMail(await readSendgridMail(form), { id, receivedAt });
  }

  example(_source: string, unique: string, now: Date): Draft {
    const boundary = 'signalbox-example';
    const fields = {
      headers: `Message-ID: <try.${unique}@example.com>\nDate: ${now.toUTCString()}\n`,
      ...{ from: 'Ada Example <ada@example.com>', to: 'support@example.com', subject: 'Where is my order?' },
      ...{ text: 'Hello, where is my order?', attachments: '0', SPF: 'pass' },
      envelope: JSON.stringify({ to: ['support@example.com'], from: 'ada@example.com' }),
      charsets: JSON.stringify({ from: 'UTF-8', to: 'UTF-8', subject: 'UTF-8', text: 'UTF-8' }),
    };
    const parts = Object.entries(fields).map(
      ([name, value]) =>
        `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
    );
    return {
      contentType: `multipart/form-data; boundary=${boundary}`,
      body: Buffer.from(`${parts.join('')}--${boundary}--\r\n`),
    };
  }

  sign(draft: Draft, options: SignOptions): SignedDraft {
    return { ...draft, headers: basicHeaders(options, names) };
  }
}
