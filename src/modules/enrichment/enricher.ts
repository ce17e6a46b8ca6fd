import type { LeadField } from './contracts.js';
import type { LeadInput } from './domain/derive-lead.js';
import type { LeadPolicy } from './domain/lead-policy.js';

/** What an enricher knows of a lead. */
export interface Enrichment {
  /** By lead field, as in `EnrichedLead`. */
  readonly fields: Record<string, LeadField>;
  /** 0 to 100. */
  readonly score: number;
  /** The points of each rule that counted. */
  readonly scoreRules: Record<string, number>;
}

/**
 * Derives what can be known of a lead. Whoever implements it keeps what the person wrote to the letter, and gives every
 * derived field a source and a confidence.
 */
export abstract class LeadEnricher {
  /** `signal` aborts what may take long. */
  abstract enrich(input: LeadInput, policy: LeadPolicy, signal?: AbortSignal): Promise<Enrichment>;
}
