import { UpsertContact } from '../modules/crm/contracts.js';
import { EnrichLead, type EnrichedLead } from '../modules/enrichment/contracts.js';
import { FormSubmitted } from '../modules/intake/contracts.js';
import { flow } from '../shared/flow/define-flow.js';

/** New form submission → enrichment → HubSpot contact upsert → audit written. */
export const newLead = flow('new-lead', { version: 1 })
  .startedBy(
    FormSubmitted,
    ({ fields, submissionId }) => fields.email ?? fields.phone ?? submissionId,
    (submitted) => ({ submitted, lead: undefined as EnrichedLead | undefined }),
  )
  .steps(['enrich-lead', 'upsert-contact'], ({ send, go, end }) => ({
    'enrich-lead': send(
      EnrichLead,
      ({ state }) => state.submitted,
      (lead) => go('upsert-contact', { lead }),
    ),
    'upsert-contact': send(UpsertContact, ({ state }) => state.lead!, end()),
  }));
