import { describe, expect, it } from 'vitest';
import {
  admin,
  contacts,
  count,
  enter,
  failure,
  fault,
  gates,
  paths,
  people,
  settings,
  stored,
  upsert,
  wish,
  withHubspotSandbox,
} from '../../../../test/support/hubspot-world.js';
import type { CodedError } from '../../../shared/kernel/coded-error.js';

withHubspotSandbox();

describe('HubspotContacts when HubSpot refuses', () => {
  it('a validation rule of the portal is permanent, names the property and fails nobody else', async () => {
    await admin('PUT', '/hubspot/validation-rules', [{ property: 'company', pattern: '^[A-Z]' }]);
    const wishes = [...people(9), wish('bad@example.com', { company: 'secret lower case' })];
    const settled = await Promise.allSettled(wishes.map(upsert));
    const refused = settled.filter((one) => one.status === 'rejected');
    expect(refused).toHaveLength(1);
    const error = refused[0]!.reason as CodedError;
    expect(error).toMatchObject({ code: 'CRM.CONTACT_REJECTED', kind: 'permanent' });
    expect(error.details).toMatchObject({ properties: ['company'], codes: ['FAILED_VALIDATION_RULE'] });
    expect(JSON.stringify([error.message, error.details, error.cause])).not.toContain('secret');
  });

  it('a whole batch that is refused is halved until the guilty one stands alone', async () => {
    const gone = await enter({ email: 'gone@example.com' });
    const wishes = [...people(31, { company: 'New' }), wish('gone@example.com', { company: 'New' })];
    await Promise.all(people(31).map(upsert));
    const plans = await Promise.all(wishes.map((one) => contacts.look(one)));
    const body = { category: 'VALIDATION_ERROR', message: 'refused', correlationId: 'c' };
    await fault({ match: { path: 'batch/update' }, times: 1, fault: { status: 400, body } });
    const before = (await paths()).length;
    const written = await Promise.all(plans.map((plan) => contacts.write(plan)));
    expect(written.every(({ action }) => action === 'updated')).toBe(true);
    expect((await paths()).slice(before)).toEqual(['batch/update', 'batch/update', 'batch/update']);
    expect((await stored(gone))?.['company']).toBe('New');
  });

  it('creations that are refused as a whole are halved too', async () => {
    const body = { category: 'VALIDATION_ERROR', message: 'refused', correlationId: 'c' };
    await fault({ match: { path: 'batch/create' }, times: 1, fault: { status: 400, body } });
    const written = await Promise.all(people(8).map(upsert));
    expect(written.every(({ action }) => action === 'created')).toBe(true);
    expect(await paths()).toEqual(['batch/read', 'batch/create', 'batch/create', 'batch/create']);
  });

  it('an answer that is too large is not read to its end', async () => {
    await fault({ match: {}, fault: { huge: 3_000_000 } });
    expect((await failure(contacts.check())).details).toEqual({ found: 'too large' });
  });

  it('contacts that somebody creates a moment before are found again and completed', async () => {
    const plans = await Promise.all(people(20).map((one) => contacts.look(one)));
    await fault({ match: { path: 'batch/create' }, times: 1, kind: '409' });
    const written = await Promise.all(plans.map((plan) => contacts.write(plan)));
    expect(written.map(({ action }) => action)).toEqual(written.map(() => 'updated'));
    expect(await count()).toBe(20);
  });

  it('one that exists does not keep its neighbours from being created', async () => {
    const plans = await Promise.all(people(20).map((one) => contacts.look(one)));
    const id = await enter({ email: 'person7@example.com' });
    const written = await Promise.all(plans.map((plan) => contacts.write(plan)));
    expect(written.filter(({ action }) => action === 'created')).toHaveLength(19);
    expect(written[7]).toMatchObject({ contactId: id, action: 'updated' });
  });

  it('an item that failed in part of a batch is transient by itself', async () => {
    await fault({ match: { path: 'batch/create' }, times: 1, kind: 'partial' });
    const settled = await Promise.allSettled(people(10).map(upsert));
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(9);
    expect(settled.find((one) => one.status === 'rejected')?.reason).toMatchObject({
      code: 'CRM.UNAVAILABLE',
    });
  });

  it.each([
    ['429-ten-secondly', 'CRM.RATE_LIMITED', 'transient', 10_000],
    ['429-daily', 'CRM.RATE_LIMITED', 'transient', 3_600_000],
    ['401', 'CRM.CREDENTIALS_REFUSED', 'transient', 60_000],
    ['403-scopes', 'CRM.SCOPES_MISSING', 'permanent', 0],
    ['500', 'CRM.UNAVAILABLE', 'transient', 0],
    ['502-html', 'CRM.UNAVAILABLE', 'transient', 0],
    ['reset-before', 'CRM.OUTCOME_UNKNOWN', 'transient', 0],
    ['timeout', 'CRM.OUTCOME_UNKNOWN', 'transient', 0],
  ])('%s is %s, %s, and closes the lane for %i ms', async (kind, code, errorKind, closedMs) => {
    await fault({ match: {}, kind });
    expect(await failure(contacts.look(wish('one@example.com')))).toMatchObject({ code, kind: errorKind });
    const closed = gates.closedFor('hubspot');
    expect(closed).toBeLessThanOrEqual(closedMs);
    expect(closed).toBeGreaterThan(closedMs - 2_000);
  });

  it.each([
    ['truncated', { truncate: true }, 'CRM.OUTCOME_UNKNOWN'],
    ['huge', { huge: 3_000_000 }, 'CRM.ANSWER_INVALID'],
    ['of the wrong type', { status: 200, body: { results: 5 } }, 'CRM.ANSWER_INVALID'],
    [
      'with an id that is none',
      { status: 200, body: { results: [{ id: {}, properties: {} }] } },
      'CRM.ANSWER_INVALID',
    ],
    [
      'with a value that is no text',
      { status: 200, body: { results: [{ id: '1', properties: { email: {} } }] } },
      'CRM.ANSWER_INVALID',
    ],
    ['that is no JSON', { status: 200, body: '{"results": [' }, 'CRM.ANSWER_INVALID'],
  ])('an answer %s is a coded transient error', async (_, spoiled, code) => {
    await fault({ match: {}, fault: spoiled });
    expect(await failure(contacts.look(wish('one@example.com')))).toMatchObject({ code, kind: 'transient' });
  });

  it('Retry-After is honoured', async () => {
    await fault({ match: {}, kind: '429-ten-secondly', fault: { headers: { 'retry-after': '3' } } });
    expect((await failure(contacts.look(wish('one@example.com')))).retryAfterMs).toBe(3_000);
    expect(gates.closedFor('hubspot')).toBeGreaterThan(2_000);
  });

  it('without a token nothing is called and the lane is closed', async () => {
    settings.token = undefined;
    expect(await failure(contacts.check())).toMatchObject({ code: 'CRM.NOT_CONNECTED', kind: 'transient' });
    expect(await paths()).toEqual([]);
    expect(gates.closedFor('hubspot')).toBeGreaterThan(50_000);
  });

  it('a token that was rotated counts at the next call', async () => {
    settings.token = 'wrong';
    expect((await failure(contacts.check())).code).toBe('CRM.CREDENTIALS_REFUSED');
    settings.token = 'sandbox-hubspot-token';
    await contacts.check();
  });
});
