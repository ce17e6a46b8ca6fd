import { Module, type OnModuleInit } from '@nestjs/common';
import { PolicyStore } from '../../shared/policies/policy-store.js';
import { DeterministicEnricher } from './deterministic-enricher.js';
import { LeadEnricher } from './enricher.js';
import { leadEnrichmentPolicy } from './policies/lead-enrichment.policy.js';
import { EnrichLeadHandler } from './use-cases/enrich-lead.js';

@Module({ providers: [EnrichLeadHandler, { provide: LeadEnricher, useClass: DeterministicEnricher }] })
export class EnrichmentModule implements OnModuleInit {
  constructor(private readonly policies: PolicyStore) {}

  async onModuleInit(): Promise<void> {
    await this.policies.install([leadEnrichmentPolicy]);
  }
}
