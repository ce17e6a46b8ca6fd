import { Injectable } from '@nestjs/common';
import { deriveLead, type LeadInput } from './domain/derive-lead.js';
import { detectableText } from './domain/language.js';
import type { LeadPolicy } from './domain/lead-policy.js';
import { scoreLead } from './domain/lead-score.js';
import { LeadEnricher, type Enrichment } from './enricher.js';
import { worldTools, worldToolsWithLanguages } from './world-tools.js';

/** Enriches by rules alone: the same input and policy give the same answer, and nothing leaves the process. */
@Injectable()
export class DeterministicEnricher extends LeadEnricher {
  async enrich(input: LeadInput, policy: LeadPolicy): Promise<Enrichment> {
    const readable = detectableText(input.fields['message'], policy.languageMinLetters);
    const tools = readable ? await worldToolsWithLanguages() : worldTools();
    const fields = deriveLead(input, policy, tools);
    const { score, rules } = scoreLead(fields, policy.score);
    return { fields, score, scoreRules: rules };
  }
}
