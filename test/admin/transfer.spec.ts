import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { leadEnrichmentPolicy } from '../../src/modules/enrichment/policies/lead-enrichment.policy.js';
import type { PolicyDto } from '../../src/shared/admin/policies/policies.dto.js';
import type { TransferChangesDto } from '../../src/shared/admin/transfer/transfer.dto.js';
import { AdminUnderTest } from './support.js';

let t: AdminUnderTest;
beforeAll(async () => (t = await AdminUnderTest.start()));
afterAll(() => t?.close());

interface Document {
  format: string;
  policies: Record<string, unknown>;
  flows: Record<string, { mode: string; caps: object; redirect: object }>;
  forms: Record<string, { enabled: boolean; fields: object }>;
}

const exported = async (): Promise<Document> => (await t.get<Document>('viewer', '/config')).body;
const diff = (document: unknown) => t.post<TransferChangesDto>('editor', '/config/diff', { document });
const apply = (document: unknown, confirm?: number) =>
  t.post<TransferChangesDto>('editor', '/config/apply', { document, confirm, reason: 'from staging' });

/** The configuration of another installation, in which three things are otherwise. */
async function other(): Promise<Document> {
  const document = await exported();
  const { score, ...rest } = leadEnrichmentPolicy.initial;
  document.policies['lead-enrichment'] = { ...rest, score: { ...score, base: 20 } };
  document.flows['new-lead'] = {
    mode: 'redirect',
    caps: { perHour: 100 },
    redirect: { email: 'test@example.com' },
  };
  document.forms['trial'] = { ...document.forms['contact']!, enabled: false };
  return document;
}

describe('the configuration', () => {
  it('is exported as one document without secrets', async () => {
    const { body, raw } = await t.get<Document>('viewer', '/config');
    expect(body).toMatchObject({
      format: 'signalbox.config/1',
      policies: { 'lead-enrichment': leadEnrichmentPolicy.initial },
      flows: { 'new-lead': { mode: 'shadow', caps: {}, redirect: {} } },
      forms: { contact: { enabled: true, via: 'standard-webhooks' } },
    });
    expect(raw.toString()).not.toMatch(/whsec_|sbx_/);
  });

  it('differs in nothing from itself', async () => {
    expect((await diff(await exported())).body).toEqual({ changes: [] });
    expect((await apply(await exported(), 0)).body).toEqual({ changes: [] });
  });

  it('is compared thing by thing', async () => {
    const { changes } = (await diff(await other())).body;
    expect(changes.map(({ part, name, kind }) => `${part}/${name} ${kind}`)).toEqual([
      'flows/new-lead change',
      'forms/trial add',
      'policies/lead-enrichment change',
    ]);
    expect(changes[2]?.operations).toEqual([{ op: 'replace', path: '/score/base', value: 20 }]);
  });

  it.each([
    ['of another format', { format: 'other/1' }, 'TRANSFER.UNREADABLE'],
    ['with an unknown part', { format: 'signalbox.config/1', secrets: {} }, 'TRANSFER.UNREADABLE'],
    ['with a list as a part', { format: 'signalbox.config/1', policies: [] }, 'TRANSFER.UNREADABLE'],
    ['with an unknown policy', { format: 'signalbox.config/1', policies: { no: {} } }, 'POLICIES.UNKNOWN'],
    [
      'with a bad policy',
      { format: 'signalbox.config/1', policies: { 'crm-contact': {} } },
      'POLICIES.INVALID',
    ],
    ['with an unknown flow', { format: 'signalbox.config/1', flows: { no: {} } }, 'FLOW.UNKNOWN'],
    [
      'with a bad flow',
      { format: 'signalbox.config/1', flows: { 'new-lead': { mode: 'loud' } } },
      'TRANSFER.UNREADABLE',
    ],
    [
      'with a bad form',
      { format: 'signalbox.config/1', forms: { trial: { fields: 1 } } },
      'INTAKE.FORM_INVALID',
    ],
    ['with a form of text', { format: 'signalbox.config/1', forms: { trial: 'x' } }, 'INTAKE.FORM_INVALID'],
    [
      'with a form named so',
      { format: 'signalbox.config/1', forms: { 'A b': { fields: { type: 'object' }, mapping: {} } } },
      'INTAKE.FORM_INVALID',
    ],
  ])('is refused %s', async (_, document, code) => {
    expect((await diff(document)).body).toMatchObject({ code });
    expect((await apply(document, 1)).body).toMatchObject({ code });
  });

  it('is applied by an editor who knows how much changes, and then differs in nothing', async () => {
    const document = await other();
    expect((await t.post('viewer', '/config/apply', { document, confirm: 3, reason: 'x' })).status).toBe(403);
    expect(await apply(document)).toMatchObject({
      status: 409,
      body: { code: 'TRANSFER.NOT_CONFIRMED', details: { changes: 3 } },
    });
    expect((await apply(document, 2)).status).toBe(409);
    expect((await diff(document)).body.changes).toHaveLength(3);

    expect((await apply(document, 3)).body.changes).toHaveLength(3);
    expect((await diff(document)).body).toEqual({ changes: [] });
    const { body } = await t.get<PolicyDto>('viewer', '/policies/lead-enrichment');
    expect(body).toMatchObject({ activeVersion: 2, draft: null, active: { reason: 'from staging' } });
    expect(await t.audit('policies.activated')).toMatchObject([{ actor: t.actor('editor') }]);
    expect(await t.audit('flow.mode-changed')).toMatchObject([{ details: { mode: 'redirect' } }]);
    expect(await t.audit('intake.form-changed')).toMatchObject([{ subject: 'form:trial' }]);
  });

  it('leaves alone what a document does not name', async () => {
    const before = await exported();
    expect((await apply({ format: 'signalbox.config/1', policies: {} }, 0)).status).toBe(200);
    expect(await exported()).toEqual(before);
  });
});
