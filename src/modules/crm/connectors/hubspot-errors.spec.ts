import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApiException } from '@hubspot/api-client/lib/codegen/crm/contacts/index.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TransportFailure } from '../../../shared/connectors/bounded-http.js';
import { CodedError } from '../../../shared/kernel/coded-error.js';
import type { WriteInput } from './hubspot-batches.js';
import { batchAnswerOf } from './hubspot-answers.js';
import { bodyOf } from './hubspot-error-body.js';
import { explainHubspot, explainItem } from './hubspot-errors.js';
import { outcomesOf } from './hubspot-outcomes.js';

/** Recorded answers of HubSpot; they are kept beside the repository. */
const recorded = join(import.meta.dirname, '../../../../../shared/providers/hubspot');

function thrown(status: number, body: unknown, headers: Record<string, string> = {}): ApiException<unknown> {
  return new ApiException<unknown>(
    status,
    'x',
    typeof body === 'string' ? body : JSON.stringify(body),
    headers,
  );
}

describe.each([
  [
    'error.400.validation',
    400,
    'CRM.CONTACT_REJECTED',
    { properties: ['no_such_prop'], codes: ['PROPERTY_DOESNT_EXIST'] },
  ],
  ['error.401', 401, 'CRM.CREDENTIALS_REFUSED', { category: 'INVALID_AUTHENTICATION' }],
  ['error.401.expired', 401, 'CRM.CREDENTIALS_REFUSED', { category: 'EXPIRED_AUTHENTICATION' }],
  ['error.403.scopes', 403, 'CRM.SCOPES_MISSING', { scopes: ['crm.objects.contacts.write'] }],
  ['error.409.contact-exists', 409, 'CRM.CONTACT_CONTESTED', { existingId: '9001001' }],
  ['error.429.daily', 429, 'CRM.RATE_LIMITED', { policy: 'DAILY' }],
  ['error.429.ten-secondly', 429, 'CRM.RATE_LIMITED', { policy: 'TEN_SECONDLY_ROLLING' }],
])('HubSpot’s recorded %s', (name, status, code, details) => {
  const file = join(recorded, `${name}.json`);
  it.skipIf(!existsSync(file))(`with status ${status} is ${code}`, () => {
    expect(explainHubspot(thrown(status, readFileSync(file, 'utf8'))).error).toMatchObject({ code, details });
  });
});

describe('a failed call', () => {
  it.each([
    [{ 'retry-after': '7' }, 7_000],
    [{ 'retry-after': '4500' }, 4_500],
    [{ 'retry-after': '9999999' }, 3_600_000],
    [{ 'x-hubspot-ratelimit-interval-milliseconds': '10000' }, 10_000],
    [{}, 10_000],
  ])(
    'a limit with the headers %j waits %i ms, in this lane and everywhere',
    (headers: Record<string, string>, waitMs) => {
      const { error, closeLaneMs, holdMs } = explainHubspot(
        thrown(429, { policyName: 'TEN_SECONDLY_ROLLING' }, headers),
      );
      expect([error.kind, error.retryAfterMs, closeLaneMs, holdMs]).toEqual([
        'transient',
        waitMs,
        waitMs,
        waitMs,
      ]);
    },
  );

  it.each([
    [423, { category: 'LOCKED' }],
    [477, { category: 'MIGRATION_IN_PROGRESS' }],
    [500, {}],
    [504, '<html>Gateway timeout</html>'],
    [404, '<html>Not found</html>'],
    [308, ''],
  ])('status %i is a transient one of HubSpot’s own', (status, body) => {
    const { error, isDown } = explainHubspot(thrown(status, body, { 'retry-after': '5' }));
    expect([error.code, error.retryAfterMs, isDown]).toEqual(['CRM.UNAVAILABLE', 5_000, true]);
  });

  it.each([
    ['not-sent', 'CRM.UNAVAILABLE', true],
    ['unknown', 'CRM.OUTCOME_UNKNOWN', true],
    ['aborted', 'CRM.OUTCOME_UNKNOWN', false],
    ['too-large', 'CRM.ANSWER_INVALID', true],
  ] as const)('a transport that failed as %s is %s', (reason, code, isDown) => {
    expect(explainHubspot(new TransportFailure(reason, 'X'))).toMatchObject({ error: { code }, isDown });
  });

  it('whatever is thrown, the error is coded and quotes nothing that a person has written', () => {
    const secret = 'jane.doe@example.com';
    const text = fc.constantFrom(
      secret,
      `Email address ${secret} is invalid`,
      `[{"name":"${secret}","error":"${secret}"}]`,
    );
    const entry = fc.record({
      message: text,
      code: text,
      in: text,
      context: fc.dictionary(text, fc.array(text)),
    });
    const body = fc.record({
      category: text,
      message: text,
      correlationId: text,
      policyName: text,
      errors: fc.array(entry),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(400, 401, 403, 409, 413, 429, 500),
        fc.oneof(body, text, fc.anything()),
        (status, sent) => {
          const { error } = explainHubspot(
            thrown(status, typeof sent === 'string' ? sent : (JSON.stringify(sent) ?? '')),
          );
          expect(error).toBeInstanceOf(CodedError);
          expect(JSON.stringify([error.message, error.details, String(error.cause)])).not.toContain(secret);
        },
      ),
    );
  });
});

describe('a batch answered in part', () => {
  const inputs = ['trace-0001', 'trace-0002'].map((traceId) => ({ traceId, properties: {} }));
  const file = join(recorded, 'api.contacts.batch-upsert.response.207.json');

  it.skipIf(!existsSync(file))('recorded: the error is found by its trace id', () => {
    const answer = batchAnswerOf(JSON.parse(readFileSync(file, 'utf8')));
    const [first, second] = outcomesOf(inputs, answer);
    expect(second).toMatchObject({
      error: { code: 'CRM.CONTACT_REJECTED', details: { properties: ['email'] } },
    });
    expect(first).toMatchObject({ error: { code: 'CRM.OUTCOME_UNKNOWN' } });
  });

  it('a result is found by trace id, contact id or e-mail address, in any order', () => {
    const results = [
      { id: '3', properties: { email: 'Three@example.com' } },
      { id: '2', properties: {} },
      { id: '1', properties: {}, objectWriteTraceId: 'a' },
    ];
    const wanted: WriteInput[] = [
      { traceId: 'a', properties: {} },
      { traceId: 'b', id: '2', properties: {} },
      { traceId: 'c', properties: { email: 'three@example.com' } },
    ];
    expect(outcomesOf(wanted, batchAnswerOf({ results }))).toEqual(
      ['1', '2', '3'].map((value) => ({ value })),
    );
  });

  it.each([
    ['CONFLICT', 'CRM.CONTACT_CONTESTED'],
    ['OBJECT_NOT_FOUND', 'CRM.CONTACT_CONTESTED'],
    ['VALIDATION_ERROR', 'CRM.CONTACT_REJECTED'],
    ['RATE_LIMITS', 'CRM.RATE_LIMITED'],
    ['INTERNAL_ERROR', 'CRM.UNAVAILABLE'],
    [undefined, 'CRM.UNAVAILABLE'],
  ])('the category %s of an item is %s', (category, code) => {
    expect(explainItem(bodyOf({ category })).code).toBe(code);
  });
});

describe('the source of a change', () => {
  it.each([
    [{ sourceType: 'CRM_UI' }, true],
    [{ sourceType: 'MOBILE_IOS' }, true],
    [{ sourceType: 'FORM' }, true],
    [{ sourceType: 'SOMETHING_NEW', updatedByUserId: 7 }, true],
    [{ sourceType: 'SOMETHING_NEW' }, false],
    [{ sourceType: 'INTEGRATION', updatedByUserId: 7 }, false],
    [{ sourceType: 'AUTOMATION_PLATFORM' }, false],
  ])('%j is a person: %s', (source, byPerson) => {
    const versions = [{ ...source, value: 'x', timestamp: new Date(5) }];
    const results = [{ id: '1', properties: {}, propertiesWithHistory: { company: versions } }];
    expect(batchAnswerOf({ results }).records[0]?.history['company']).toMatchObject([{ at: 5, byPerson }]);
  });
});
