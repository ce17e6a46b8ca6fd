import { CommandHandler } from '@nestjs/cqrs';
import { newId } from '../../../shared/kernel/ids.js';
import { UseCase, type HandlerContext, type HandlerOutcome } from '../../../shared/messaging/handler.js';
import { change } from '../../../shared/messaging/outcome.js';
import { decided } from '../../../shared/policies/policy-decisions.js';
import { PolicyStore } from '../../../shared/policies/policy-store.js';
import { EnrichLead, LeadEnriched, type EnrichedLead } from '../contracts.js';
import { LeadEnricher } from '../enricher.js';
import { leadRow, leads } from '../persistence/leads.js';
import { leadEnrichmentPolicy } from '../policies/lead-enrichment.policy.js';

/** Derives what can be known of a submitted lead, scores it, and keeps the result. */
@CommandHandler(EnrichLead)
export class EnrichLeadHandler extends UseCase<EnrichLead> {
  constructor(
    private readonly enricher: LeadEnricher,
    private readonly policies: PolicyStore,
  ) {
    super();
  }

  async run(command: EnrichLead, context: HandlerContext): Promise<HandlerOutcome<EnrichedLead>> {
    const { key, now, signal } = context;
    const { submissionId, submittedAt } = command;
    const policy = await this.policies.active(leadEnrichmentPolicy);
    const { fields, score, scoreRules } = await this.enricher.enrich(command, policy.body, signal);
    const lead: EnrichedLead = { leadId: newId(), submittedAt, fields, score, scoreRules };
    const policyVersion = policy.version;
    return {
      result: lead,
      events: [
        {
          message: new LeadEnriched({ leadId: lead.leadId, submissionId, score, policyVersion }),
          subject: `lead:${lead.leadId}`,
        },
      ],
      changes: [
        change(leads, leadRow(lead, { submissionId, policyVersion, key, now })),
        decided(policy, { fields }, { score, rules: scoreRules }, context),
      ],
    };
  }
}
