import { Injectable } from '@nestjs/common';
import { parseJsonBounded } from '../../../shared/http/parse-json.js';
import { FormSubmitted } from '../contracts.js';
import { mapSubmission } from '../domain/form.js';
import { verifyStandardWebhook } from './standard-webhooks.js';
import { PayloadRefused } from '../intake.errors.js';
import { Forms } from '../persistence/forms.js';
import type { Channel, Genuine, InboundRequest, NormalisedEvent } from './channel.js';

/** Forms of websites and services that sign by Standard Webhooks. */
@Injectable()
export class FormsChannel implements Channel {
  readonly name = 'forms';
  readonly mediaTypes = ['application/json'];
  readonly secretName = 'forms.signing-secret';

  constructor(private readonly forms: Forms) {}

  async verify(request: InboundRequest, secrets: readonly string[]): Promise<Genuine> {
    await this.forms.open(request.source);
    const { id } = verifyStandardWebhook(request.body, request.headers, secrets, request.receivedAt);
    return { deliveryKey: `${request.source}:${id}` };
  }

  async normalise(request: InboundRequest, id: string): Promise<NormalisedEvent> {
    const form = await this.forms.open(request.source);
    const { data, submittedAt } = envelopeOf(parseJsonBounded(request.body));
    if (!form.validate(data)) throw PayloadRefused(problemsOf(form.validate.errors ?? []));
    const { fields, extra } = mapSubmission(data, form);
    const message = new FormSubmitted({ submissionId: id, form: form.name, submittedAt, fields, extra });
    const person = fields.email
      ? `email:${fields.email.toLowerCase()}`
      : fields.phone && `phone:${fields.phone}`;
    return { message, subject: `submission:${id}`, partitionKey: id, dataSubjects: person ? [person] : [] };
  }
}

/** The body's envelope: `{ type: "form.submitted", timestamp, data }`. */
function envelopeOf(body: unknown): { data: Record<string, unknown>; submittedAt: string } {
  const envelope = (body ?? {}) as { type?: unknown; timestamp?: unknown; data?: unknown };
  const problems: { pointer: string; message: string }[] = [];
  if (envelope.type !== 'form.submitted')
    problems.push({ pointer: '/type', message: 'must be "form.submitted"' });
  const time = typeof envelope.timestamp === 'string' ? Date.parse(envelope.timestamp) : Number.NaN;
  if (Number.isNaN(time)) problems.push({ pointer: '/timestamp', message: 'must be an ISO 8601 time' });
  const { data } = envelope;
  if (typeof data !== 'object' || data === null || Array.isArray(data)) {
    problems.push({ pointer: '/data', message: 'must be an object' });
  }
  if (problems.length > 0)
    throw PayloadRefused({ message: sentence(problems), details: { errors: problems } });
  return { data: data as Record<string, unknown>, submittedAt: new Date(time).toISOString() };
}

/** Names the fields and the rule, never the values. */
function problemsOf(
  errors: readonly { instancePath: string; message?: string; params: Record<string, unknown> }[],
): {
  message: string;
  details: Record<string, unknown>;
} {
  const problems = errors.slice(0, 50).map(({ instancePath, message = 'is not valid', params }) => {
    const missing = params['missingProperty'];
    return typeof missing === 'string'
      ? { pointer: `/data${instancePath}/${missing}`, message: 'is required' }
      : { pointer: `/data${instancePath}`, message };
  });
  return { message: sentence(problems), details: { errors: problems } };
}

function sentence(problems: readonly { pointer: string; message: string }[]): string {
  return `The submission was refused: ${problems.map((p) => `${p.pointer} ${p.message}`).join('; ')}.`;
}
