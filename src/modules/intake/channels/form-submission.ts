import { FormSubmitted } from '../contracts.js';
import { mapSubmission } from '../domain/form.js';
import { PayloadRefused } from '../intake.errors.js';
import type { OpenForm } from '../persistence/forms.js';
import type { Update } from './channel.js';

export interface Submitted {
  readonly data: Readonly<Record<string, unknown>>;
  /** ISO 8601. */
  readonly submittedAt: string;
  /** What is to be known of it that the form did not ask for; kept as `extra`. */
  readonly beside?: Readonly<Record<string, string>>;
}

/**
 * What every kind of form makes of a submission: one event, or a refusal that names the fields.
 * @throws INTAKE.PAYLOAD_REFUSED
 */
export function submissionUpdate(
  form: OpenForm,
  { data, submittedAt, beside = {}, id, key }: Submitted & { id: string; key: string },
): Update {
  if (!form.validate(data)) throw PayloadRefused(problemsOf(form.validate.errors ?? []));
  const { fields, extra: unknown } = mapSubmission(data, form);
  const extra = { ...unknown, ...beside };
  const message = new FormSubmitted({ submissionId: id, form: form.name, submittedAt, fields, extra });
  const person = fields['email']
    ? `email:${fields['email'].toLowerCase()}`
    : fields['phone'] && `phone:${fields['phone']}`;
  const dataSubjects = person ? [person] : [];
  return { key, event: { message, subject: `submission:${id}`, partitionKey: id, dataSubjects } };
}

/** The body's envelope: `{ type: "form.submitted", timestamp, data }`. @throws INTAKE.PAYLOAD_REFUSED */
export function envelopeOf(body: unknown): Submitted {
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
): { message: string; details: Record<string, unknown> } {
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
