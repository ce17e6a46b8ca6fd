import { Injectable } from '@nestjs/common';
import { parseJsonBounded } from '../../../shared/http/parse-json.js';
import { submissionOf } from '../domain/hubspot-submission.js';
import { PayloadRefused } from '../intake.errors.js';
import { Forms } from '../persistence/forms.js';
import type { InboundRequest, Reader, Update } from './channel.js';
import { submissionUpdate } from './form-submission.js';

/**
 * Forms that HubSpot hosts. HubSpot has no webhook of submissions, so nothing is sent here: `hubspot-forms-poll.ts`
 * asks for them.
 */
@Injectable()
export class HubspotFormsChannel implements Reader {
  readonly name = 'hubspot-forms';
  readonly title = 'HubSpot forms';
  readonly mediaTypes = ['application/json'];

  constructor(private readonly forms: Forms) {}

  async read({ body }: InboundRequest, id: string): Promise<readonly Update[]> {
    const submission = submissionOf(parseJsonBounded(body));
    if (!submission) throw PayloadRefused({ message: 'This is no submission of a form at HubSpot.' });
    const form = await this.forms.open(submission.form);
    const { data, submittedAt, pageUrl } = submission;
    const beside: Record<string, string> = pageUrl === '' ? {} : { pageUrl };
    const key = `${form.name}:${submission.id}`;
    return [submissionUpdate(form, { data, submittedAt, beside, id, key })];
  }
}
