import { finding, type Finding } from './confidence.js';
import type { SubmittedValues } from './extra.js';

/** Lead field → parameter, as analytics and advertising put them into links. */
const parameters = {
  utmSource: 'utm_source',
  utmMedium: 'utm_medium',
  utmCampaign: 'utm_campaign',
  utmTerm: 'utm_term',
  utmContent: 'utm_content',
  utmId: 'utm_id',
  gclid: 'gclid',
  fbclid: 'fbclid',
  msclkid: 'msclkid',
} as const;

const pageNames = [
  'page_url',
  'landing_page',
  'landing_page_url',
  'landing_url',
  'page_uri',
  'source_url',
  'page',
  'url',
];
const maxUrl = 4000;

/** The query of a page's address, absolute or not. */
function queryOf(page: string | undefined): URLSearchParams {
  if (page === undefined || page.length > maxUrl) return new URLSearchParams();
  const start = page.indexOf('?');
  return new URLSearchParams(start < 0 ? '' : page.slice(start + 1).split('#')[0]);
}

/** Campaign fields from what was submitted beside the lead's own fields, else from the address of its page. */
export function campaignFindings(submitted: SubmittedValues): Finding[] {
  const query = queryOf(submitted.find(...pageNames));
  return Object.entries(parameters).flatMap(([field, parameter]) => {
    const direct = submitted.find(parameter);
    const linked = query.get(parameter);
    return [
      ...(direct ? [finding(field, direct, 'extra')] : []),
      ...(linked ? [finding(field, linked, 'page-url')] : []),
    ];
  });
}
