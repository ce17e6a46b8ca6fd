import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CodedError } from '../../../shared/kernel/coded-error.js';
import { Refusal } from './refusal.js';
import { explainStripe } from './stripe-errors.js';
import { explainXero } from './xero-errors.js';

/** Recorded answers of the providers; they are kept beside the repository. */
const recorded = join(import.meta.dirname, '../../../../../shared/providers');

interface Recorded {
  status?: number;
  headers?: Record<string, string>;
  body?: unknown;
}

function refusalIn(file: string, status: number): Refusal {
  const read = JSON.parse(readFileSync(file, 'utf8')) as Recorded;
  const headers = Object.entries(read.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]);
  const body = 'body' in read ? read.body : read;
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return new Refusal(read.status ?? status, Object.fromEntries(headers) as Record<string, string>, text);
}

describe.each([
  ['xero', 'error.400.validation', 400, 'BILLING.REQUEST_REFUSED'],
  ['xero', 'error.401', 401, 'BILLING.CREDENTIALS_REFUSED'],
  ['xero', 'error.403', 403, 'BILLING.PERMISSION_MISSING'],
  ['xero', 'error.429', 429, 'BILLING.RATE_LIMITED'],
  ['stripe', 'error.400.idempotency', 400, 'BILLING.REQUEST_REFUSED'],
  ['stripe', 'error.402.card', 402, 'BILLING.REQUEST_REFUSED'],
  ['stripe', 'error.409.idempotency-in-use', 409, 'BILLING.UNAVAILABLE'],
  ['stripe', 'error.429', 429, 'BILLING.RATE_LIMITED'],
])('the recorded %s %s', (provider, name, status, code) => {
  const file = join(recorded, provider, `${name}.json`);
  it.skipIf(!existsSync(file))(`is ${code}`, () => {
    const explain = provider === 'xero' ? explainXero : explainStripe;
    expect(explain(refusalIn(file, status)).error.code).toBe(code);
  });
});

describe.each([
  ['Xero', explainXero],
  ['Stripe', explainStripe],
])('%s', (_name, explain) => {
  it.each([
    [{ 'retry-after': '7' }, 7_000],
    [{ 'retry-after': '99999' }, 3_600_000],
    [{ 'retry-after': new Date(Date.now() + 20_000).toUTCString() }, 20_000],
    [{ 'retry-after': '-5' }, 0],
    [{ 'retry-after': 'soon' }, undefined],
  ])('waits as long as %j says, an hour at the most', (headers: Record<string, string>, expected) => {
    const { error, holdMs } = explain(new Refusal(429, headers, ''));
    expect(error.kind).toBe('transient');
    if (expected === undefined) expect(error.retryAfterMs).toBeGreaterThan(0);
    else expect(Math.abs((error.retryAfterMs ?? -1) - expected)).toBeLessThan(2_000);
    expect(holdMs).toBe(error.retryAfterMs);
  });

  it('whatever is answered, the error is coded and quotes nothing that a person has written', () => {
    const secret = 'jane.doe@example.com owes';
    const word = fc.constantFrom(secret, 'ValidationException', 'card_error', '10');
    const body = fc.record(
      { Type: word, Message: word, ErrorNumber: fc.oneof(word, fc.integer()), error: fc.object() },
      { requiredKeys: [] },
    );
    const nested = fc.record({ error: fc.record({ type: word, code: word, message: word }) });
    const headers = fc.dictionary(fc.constantFrom('retry-after', 'x-rate-limit-problem', 'request-id'), word);
    fc.assert(
      fc.property(
        fc.integer({ min: 201, max: 599 }),
        headers,
        fc.oneof(body, nested, fc.anything()),
        (status, sent, text) => {
          const refusal = new Refusal(status, sent, JSON.stringify(text) ?? secret);
          const { error } = explain(refusal);
          expect(error).toBeInstanceOf(CodedError);
          expect(JSON.stringify([error.message, error.details, String(error.cause)])).not.toContain('jane');
        },
      ),
    );
  });

  it('what is thrown and is no answer at all is an answer that is not valid', () => {
    for (const thrown of [new TypeError('x'), 'text', undefined, { response: 1 }])
      expect(explain(thrown)).toMatchObject({ error: { code: 'BILLING.ANSWER_INVALID' }, isDown: true });
  });
});
