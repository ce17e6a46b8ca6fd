import { listOf, objectOf, textOf } from './json.js';

/** A submission of a form at HubSpot, as the poll keeps it. */
export interface HubspotSubmission {
  readonly form: string;
  readonly id: string;
  /** ISO 8601. */
  readonly submittedAt: string;
  readonly data: Readonly<Record<string, string>>;
  readonly pageUrl: string;
}

/** What the poll makes of a submission, and `submissionOf` reads again: also when it is replayed. */
export function bodyOf(form: string, submission: object): Buffer {
  return Buffer.from(JSON.stringify({ form, submission }));
}

/** @returns undefined when it is none */
export function submissionOf(body: unknown): HubspotSubmission | undefined {
  const { form, submission } = objectOf(body);
  const { id, at, values, pageUrl } = objectOf(submission);
  const time = typeof at === 'number' ? new Date(at) : new Date(Number.NaN);
  if (textOf(form) === '' || textOf(id) === '' || Number.isNaN(time.getTime())) return undefined;
  return {
    ...{ form: textOf(form), id: textOf(id), submittedAt: time.toISOString() },
    ...{ data: dataOf(values), pageUrl: textOf(pageUrl) },
  };
}

/** HubSpot repeats a field's name for each of several choices; they are joined as it joins them in a property: by `;`. */
function dataOf(values: unknown): Record<string, string> {
  const byName = new Map<string, string>();
  for (const one of listOf(values)) {
    const { name, value } = objectOf(one);
    const before = byName.get(textOf(name));
    const text = textOf(value);
    if (textOf(name) !== '' && text !== '')
      byName.set(textOf(name), before === undefined ? text : `${before};${text}`);
  }
  return Object.fromEntries(byName);
}
