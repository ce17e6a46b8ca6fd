import { createHash } from 'node:crypto';
import type {
  ProviderSubmission,
  SubmissionsPage,
  SubmissionsSource,
} from '../../../shared/connectors/form-submissions.js';
import { AnswerInvalid } from '../crm.errors.js';
import type { HubspotCalls } from './hubspot-calls.js';

/** HubSpot gives no more at once. */
const pageSize = 50;
const mostValues = 1_000;
const latest = Date.UTC(2100, 0, 1);

/**
 * Submissions of HubSpot's forms
 * (https://developers.hubspot.com/docs/api-reference/legacy/marketing/forms/v1/get-form-integrations-v1-submissions-forms-form_guid).
 * The app needs the scope `forms`.
 */
export class HubspotFormsApi implements SubmissionsSource {
  readonly provider = 'hubspot';

  constructor(private readonly calls: HubspotCalls) {}

  async page(guid: string, after: string | undefined, signal: AbortSignal): Promise<SubmissionsPage> {
    const query = new URLSearchParams({ limit: String(pageSize), ...(after !== undefined && { after }) });
    const path = `/form-integrations/v1/submissions/forms/${encodeURIComponent(guid)}?${query.toString()}`;
    return this.calls.get(path, pageOf, signal);
  }
}

function pageOf(answer: unknown): SubmissionsPage {
  const { results, paging } = (answer ?? {}) as {
    results?: unknown;
    paging?: { next?: { after?: unknown } };
  };
  if (!Array.isArray(results) || results.length > pageSize) {
    throw AnswerInvalid({ details: { found: 'no list of submissions' } });
  }
  const submissions = results.map(submissionOf);
  const next = paging?.next?.after;
  if (next === undefined) return { submissions };
  if (typeof next !== 'string' || next.length > 500) {
    throw AnswerInvalid({ details: { found: 'no token for the next page' } });
  }
  return { submissions, next };
}

function submissionOf(raw: unknown): ProviderSubmission {
  const { conversionId, submittedAt, values, pageUrl } = (raw ?? {}) as Record<string, unknown>;
  const isTime = typeof submittedAt === 'number' && Number.isInteger(submittedAt);
  if (!isTime || submittedAt < 0 || submittedAt > latest) {
    throw AnswerInvalid({ details: { found: 'a submission without a time' } });
  }
  const known = typeof conversionId === 'string' && /^[\x21-\x7e]{1,100}$/.test(conversionId);
  return {
    // Submissions from before 2021 have no id of their own.
    id: known ? conversionId : createHash('sha256').update(JSON.stringify(raw)).digest('hex'),
    at: submittedAt,
    values: valuesOf(values),
    ...(typeof pageUrl === 'string' && { pageUrl: pageUrl.slice(0, 2_000) }),
  };
}

function valuesOf(values: unknown): ProviderSubmission['values'] {
  const list: readonly unknown[] = Array.isArray(values) ? values.slice(0, mostValues) : [];
  return list.flatMap((one) => {
    const { name, value } = (one ?? {}) as Record<string, unknown>;
    return typeof name === 'string' && typeof value === 'string' ? [{ name, value }] : [];
  });
}
