import { describe, expect, it } from 'vitest';
import { at, failureOf, freshSandbox } from './support.ts';
import type { BatchAnswer } from './support.ts';

describe('HubSpot batches through the official client', () => {
  it('batch create writes nothing when one e-mail exists or comes twice', async () => {
    const hubspot = await freshSandbox();
    const { batchApi } = hubspot.contacts;
    const batch = (...emails: string[]) =>
      batchApi.create({ inputs: emails.map((email) => ({ properties: { email }, associations: [] })) });
    const created = await batch('a@example.com', 'b@example.com');
    expect(created.results.map((contact) => contact.properties['email'])).toEqual([
      'a@example.com',
      'b@example.com',
    ]);
    for (const emails of [
      ['c@example.com', 'a@example.com'],
      ['d@example.com', 'd@example.com'],
    ]) {
      expect((await failureOf(batch(...emails))).code).toBe(409);
    }
    expect((await hubspot.effects()).created).toBe(2);
    expect((await hubspot.batchRead(['c@example.com', 'd@example.com'])).results).toEqual([]);
  });

  it('batch read answers 207 with the ids it does not know and each contact once', async () => {
    const hubspot = await freshSandbox();
    const id = await hubspot.create({ email: 'a@example.com', hs_additional_emails: 'a2@example.com' });
    const read = await hubspot.batchRead(['a@example.com', 'a2@example.com', 'nobody@example.com']);
    expect(read.results.map((contact) => contact.id)).toEqual([id]);
    expect(read.numErrors).toBe(1);
    expect(read.errors?.[0]).toMatchObject({
      category: 'OBJECT_NOT_FOUND',
      context: { ids: ['nobody@example.com'] },
    });
  });

  it('batch update answers 207 for an unknown id and applies the rest', async () => {
    const hubspot = await freshSandbox();
    const id = await hubspot.create({ email: 'a@example.com' });
    const updated: BatchAnswer = await hubspot.contacts.batchApi.update({
      inputs: [
        { id, properties: { company: 'Example' } },
        { id: '4711', properties: { company: 'Nobody' } },
      ],
    });
    expect(updated.results[0]?.properties['company']).toBe('Example');
    expect(updated.errors?.[0]?.context['ids']).toEqual(['4711']);
  });

  it('batch update refuses e-mail as id property, one contact twice and more than 100 inputs', async () => {
    const hubspot = await freshSandbox();
    const id = await hubspot.create({ email: 'a@example.com' });
    const update = (inputs: { id: string; idProperty?: string }[]) =>
      failureOf(
        hubspot.contacts.batchApi.update({ inputs: inputs.map((input) => ({ ...input, properties: {} })) }),
      );
    const failures = await Promise.all([
      update([{ id: 'a@example.com', idProperty: 'email' }]),
      update([{ id }, { id }]),
      update(Array.from({ length: 101 }, (_, index) => ({ id: String(index) }))),
    ]);
    expect(failures.map((failure) => failure.code)).toEqual([400, 400, 400]);
    expect(failures.map((failure) => at(failure.body, 'message'))).toEqual([
      expect.stringContaining('non-unique'),
      expect.stringContaining('Duplicate IDs'),
      expect.stringContaining('100'),
    ]);
  });

  it('upserts by e-mail only when the properties carry it; the others of the batch are written', async () => {
    const hubspot = await freshSandbox();
    const id = await hubspot.create({ email: 'old@example.com' });
    const upserted: BatchAnswer = await hubspot.contacts.batchApi.upsert({
      inputs: [
        {
          id: 'old@example.com',
          idProperty: 'email',
          properties: { email: 'old@example.com', city: 'Here' },
        },
        { id: 'new@example.com', idProperty: 'email', properties: { email: 'new@example.com' } },
        { id: 'part@example.com', idProperty: 'email', properties: { city: 'There' } },
      ],
    });
    expect(upserted.results.map((result) => result._new)).toEqual([false, true]);
    expect(upserted.results[0]?.id).toBe(id);
    expect(upserted.errors?.[0]?.context['ids']).toEqual(['part@example.com']);
  });

  it('with trace ids a bad input fails alone in a 207; without them it refuses the batch', async () => {
    const hubspot = await freshSandbox();
    const inputs = ['good@example.com', 'bad'].map((email) => ({ properties: { email }, associations: [] }));
    expect((await failureOf(hubspot.contacts.batchApi.create({ inputs }))).code).toBe(400);
    const traced = inputs.map((input, index) => ({ ...input, objectWriteTraceId: `trace-${index}` }));
    const created: BatchAnswer = await hubspot.contacts.batchApi.create({ inputs: traced });
    expect(created.results).toHaveLength(1);
    expect(created.errors?.[0]).toMatchObject({ context: { objectWriteTraceId: ['trace-1'] } });
  });

  it('custom properties can be created, written and, when unique, upserted by', async () => {
    const hubspot = await freshSandbox();
    const definition = {
      name: 'lead_key',
      label: 'Lead key',
      type: 'string',
      fieldType: 'text',
      groupName: 'contactinformation',
    };
    const { coreApi } = hubspot.client.crm.properties;
    await coreApi.create('contacts', { ...definition, hasUniqueValue: true } as Parameters<
      typeof coreApi.create
    >[1]);
    expect((await coreApi.getByName('contacts', 'lead_key')).hasUniqueValue).toBe(true);
    const upsert = (city: string) =>
      hubspot.contacts.batchApi.upsert({
        inputs: [{ id: 'k1', idProperty: 'lead_key', properties: { city } }],
      });
    expect((await upsert('Here')).results[0]?._new).toBe(true);
    await upsert('There');
    expect(await hubspot.effects()).toMatchObject({ created: 1, updated: 1, unchangedWrites: 0 });
    expect((await failureOf(hubspot.create({ email: 'x@example.com', lead_key: 'k1' }))).code).toBe(400);
  });
});
