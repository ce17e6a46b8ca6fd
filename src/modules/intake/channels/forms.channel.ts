import { Injectable } from '@nestjs/common';
import { parseJsonBounded } from '../../../shared/http/parse-json.js';
import { Forms } from '../persistence/forms.js';
import type { Channel, Draft, Genuine, InboundRequest, SignedDraft, SignOptions, Update } from './channel.js';
import { envelopeOf, submissionUpdate } from './form-submission.js';
import { standardWebhookHeaders, verifyStandardWebhook } from './standard-webhooks.js';

/** Forms of websites and services that sign by Standard Webhooks. */
@Injectable()
export class FormsChannel implements Channel {
  readonly name = 'forms';
  readonly path = 'forms/:source';
  readonly title = 'Forms (Standard Webhooks)';
  readonly mediaTypes = ['application/json'];
  readonly secrets = ['forms.signing-secret'] as const;
  readonly answer = { taken: 202, body: 'receipt', unreadable: 'refuse', busy: 429 } as const;
  readonly replayWindow = 300;

  constructor(private readonly forms: Forms) {}

  async serves(form: string): Promise<boolean> {
    return (await this.forms.viaOf(form)) === 'standard-webhooks';
  }

  async verify(request: InboundRequest, secrets: (name: string) => readonly string[]): Promise<Genuine> {
    // An address that no other channel serves comes here, too.
    await this.forms.open(request.source, 'standard-webhooks');
    const { body, headers, receivedAt } = request;
    const { id } = verifyStandardWebhook(body, headers, secrets('forms.signing-secret'), receivedAt);
    return { requestKey: `${request.source}:${id}` };
  }

  async read({ source, headers, body }: InboundRequest, id: string): Promise<readonly Update[]> {
    const form = await this.forms.open(source);
    const submission = envelopeOf(parseJsonBounded(body));
    return [submissionUpdate(form, { ...submission, id, key: `${source}:${headers['webhook-id']}` })];
  }

  example(_form: string, unique: string, now: Date): Draft {
    const data = { email: `try.${unique}@example.com`, first_name: 'Ada', last_name: 'Example' };
    const body = JSON.stringify({ type: 'form.submitted', timestamp: now.toISOString(), data });
    return { contentType: 'application/json', body: Buffer.from(body) };
  }

  sign(draft: Draft, { secrets, now, id }: SignOptions): SignedDraft {
    const [secret = ''] = secrets('forms.signing-secret');
    return { ...draft, headers: standardWebhookHeaders(draft.body, { id, now, secret }) };
  }
}
