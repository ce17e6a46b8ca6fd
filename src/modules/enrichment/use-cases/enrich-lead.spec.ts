import { createSecretKey, randomBytes } from 'node:crypto';
import { CommandBus, CqrsModule } from '@nestjs/cqrs';
import { Test } from '@nestjs/testing';
import { describe, expect, it } from 'vitest';
import { openJson } from '../../../shared/crypto/field-cipher.js';
import { withContext, type HandlerContext, type HandlerOutcome } from '../../../shared/messaging/handler.js';
import { newId } from '../../../shared/kernel/ids.js';
import { PolicyStore } from '../../../shared/policies/policy-store.js';
import { EnrichLead, LeadEnriched, type EnrichedLead } from '../contracts.js';
import { DeterministicEnricher } from '../deterministic-enricher.js';
import { LeadEnricher } from '../enricher.js';
import { leadPlace, type LeadRow } from '../persistence/leads.js';
import { leadEnrichmentPolicy } from '../policies/lead-enrichment.policy.js';
import { EnrichLeadHandler } from './enrich-lead.js';

const now = new Date('2026-11-20T10:00:00Z');
const key = { id: '0199aaaa-0000-7000-8000-000000000001', secret: createSecretKey(randomBytes(32)) };
const context = {
  ...{ actor: 'flow:new-lead', runId: newId(), step: 'enrich-lead' },
  ...{ now, key, signal: new AbortController().signal },
} as HandlerContext;
const command = Object.assign(new EnrichLead(), {
  submissionId: '0199aaaa-0000-7000-8000-000000000002',
  form: 'contact',
  submittedAt: '2026-11-20T09:59:58.000Z',
  fields: { email: 'jane.doe@example.com', firstName: 'JANE' },
  extra: {},
});

/** Sends the command as a delivery does: through the bus. */
async function run(): Promise<HandlerOutcome<EnrichedLead>> {
  const active = async () => ({ name: 'lead-enrichment', version: 7, body: leadEnrichmentPolicy.initial });
  const testing = await Test.createTestingModule({
    imports: [CqrsModule.forRoot()],
    providers: [
      EnrichLeadHandler,
      { provide: LeadEnricher, useClass: DeterministicEnricher },
      { provide: PolicyStore, useValue: { active } },
    ],
  }).compile();
  const app = await testing.init();
  const outcome: unknown = await app.get(CommandBus).execute(withContext(command, context));
  return outcome as HandlerOutcome<EnrichedLead>;
}

describe('enriching a lead', () => {
  it('records the score with what it was decided on, so that it can be decided again', async () => {
    const { result, changes } = await run();
    const decision = changes?.find(({ set }) => set.table === 'policies.decisions')?.row;
    expect(decision).toMatchObject({
      ...{ policy: 'lead-enrichment', version: 7, outcome: { score: 35, rules: result.scoreRules } },
    });
    expect(JSON.stringify(decision)).not.toContain('example.com');
    const { decide, initial } = leadEnrichmentPolicy;
    expect(decide?.(initial, { fields: result.fields })).toEqual({ score: 35, rules: result.scoreRules });
  });

  it('answers with the lead and states that it was enriched, by ids and numbers alone', async () => {
    const { result, events } = await run();
    expect(result).toMatchObject({ submittedAt: command.submittedAt, score: 35 });
    expect(result.fields['firstName']).toEqual({ value: 'JANE', source: 'given', confidence: 1 });
    const message = new LeadEnriched({
      leadId: result.leadId,
      submissionId: command.submissionId,
      score: 35,
      policyVersion: 7,
    });
    expect(events).toEqual([{ message, subject: `lead:${result.leadId}` }]);
  });

  it('keeps the lead sealed, so that only its own row opens it', async () => {
    const { result, changes } = await run();
    const row = changes?.[0]?.row as LeadRow;
    expect(row).toMatchObject({
      id: result.leadId,
      keyId: key.id,
      score: 35,
      policyVersion: 7,
      createdAt: now,
    });
    expect(openJson(key, leadPlace(result.leadId), row.document)).toEqual(result);
    expect(row.document.toString('latin1')).not.toContain('example.com');
    expect(() => openJson(key, leadPlace(key.id), row.document)).toThrow(/could not be decrypted/);
  });
});
