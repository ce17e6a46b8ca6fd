import { IsInt, IsISO8601, IsObject, IsString, IsUUID, MaxLength } from 'class-validator';
import { Command, CommandType, Event } from '../../shared/kernel/message.js';

/** A derived or given value, with where it comes from. */
export interface LeadField {
  /** What the person wrote, to the letter; a derived value has no control characters and at most 300 characters. */
  value: string;
  /** `given`: the person wrote it; otherwise the rule that derived it, e.g. `email-domain`. */
  source: string;
  /** Above 0, at most 1; 1 for what the person wrote, less where a check doubts it (an impossible number). */
  confidence: number;
}

/** What enrichment knows of a lead; also the result of EnrichLead. */
export interface EnrichedLead {
  leadId: string;
  submittedAt: string;
  /**
   * By lead field: email, firstName, lastName, company, phone, country, language, … A field that the person filled
   * holds what they wrote; only empty ones are derived. Beside a given `phone` may stand `normalized.phone` (the same
   * number in E.164) and beside a given `email` `suggested.email` (what they may have meant).
   */
  fields: Record<string, LeadField>;
  /** 0 to 100. */
  score: number;
  /** The points of each rule of the policy that counted, by the rule's name. */
  scoreRules: Record<string, number>;
}

/**
 * The spelling of a field that systems understand: what was given in its canonical form where there is one, else the
 * field itself.
 */
export function canonicalField(fields: Record<string, LeadField>, name: string): LeadField | undefined {
  return fields[`normalized.${name}`] ?? fields[name];
}

/** Derives what can be known of a lead from what the person wrote. */
@CommandType<EnrichLead>('enrichment.enrich-lead.v1')
export class EnrichLead extends Command<EnrichedLead> {
  @IsUUID()
  submissionId: string;

  @IsString()
  @MaxLength(100)
  form: string;

  @IsISO8601()
  submittedAt: string;

  @IsObject()
  fields: Record<string, string>;

  @IsObject()
  extra: Record<string, string>;
}

/** A lead was enriched; ids and numbers alone, so that anyone may subscribe. */
@Event('enrichment.lead-enriched.v1')
export class LeadEnriched {
  @IsUUID()
  leadId: string;

  @IsUUID()
  submissionId: string;

  @IsInt()
  score: number;

  @IsInt()
  policyVersion: number;

  constructor(init: LeadEnriched) {
    Object.assign(this, init);
  }
}
