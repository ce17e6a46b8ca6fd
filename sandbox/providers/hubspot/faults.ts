import type { FastifyRequest } from 'fastify';
import { asArray, asObject, isObject } from '../../core/json.ts';
import type { Fault } from '../../core/faults.ts';
import type { AnswerRewrite } from '../../core/provider.ts';
import { contextOf, readInputs } from './batch-input.ts';
import {
  HubspotError,
  errorBody,
  itemError,
  missingScopesBody,
  rateLimitBody,
  unauthenticatedBody,
} from './errors.ts';
import { personSource } from './events.ts';
import { writing } from './portal.ts';
import type { Portal } from './portal.ts';
import { RecordWrites } from './record-writes.ts';

const LONGER_THAN_ANY_CALLER_WAITS = 120_000;
const SOMEBODY_ELSE = 70010002;

export const hubspotFaultKinds: Record<string, () => Fault> = {
  '429-ten-secondly': () => ({ status: 429, body: rateLimitBody('TEN_SECONDLY_ROLLING') }),
  '429-daily': () => ({ status: 429, body: rateLimitBody('DAILY') }),
  '429-secondly': () => ({ status: 429, body: rateLimitBody('SECONDLY') }),
  '500': () => ({ status: 500, body: errorBody('INTERNAL_ERROR', 'internal error') }),
  '502-html': () => ({ html: true }),
  'reset-before': () => ({ reset: 'before' }),
  'reset-after': () => ({ reset: 'after' }),
  timeout: () => ({ holdMs: LONGER_THAN_ANY_CALLER_WAITS }),
  partial: () => ({ partial: 1 }),
  '401': () => ({ status: 401, body: unauthenticatedBody() }),
  '403-scopes': () => ({ status: 403, body: missingScopesBody() }),
  '409': () => ({ race: true }),
};

export function prepareHubspotFault(
  portal: Portal,
  request: FastifyRequest,
  fault: Fault,
): AnswerRewrite | undefined {
  if (fault.race) createAsSomebodyElse(portal, request.body);
  return fault.partial ? failSome(request, fault.partial) : undefined;
}

/** Somebody enters the contacts of this request by hand, a moment before it: it then meets a true conflict. */
function createAsSomebodyElse(portal: Portal, body: unknown): void {
  const { inputs, properties } = asObject(body);
  for (const sent of [properties, ...asArray(inputs).map((input) => asObject(input)['properties'])]) {
    const { email } = asObject(sent);
    if (email === undefined) continue;
    const writes = new RecordWrites(writing(portal, 'contacts', personSource(SOMEBODY_ELSE)));
    try {
      writes.planCreate({ email });
      writes.commit();
    } catch (error) {
      if (!(error instanceof HubspotError)) throw error;
    }
  }
}

/** Takes the last `count` inputs out of a batch before it runs, and adds their errors to its answer. */
function failSome(request: FastifyRequest, count: number): AnswerRewrite | undefined {
  const { body } = request;
  if (!isObject(body) || !Array.isArray(body['inputs']) || body['inputs'].length === 0) return undefined;
  const failing = readInputs({ inputs: body['inputs'].slice(-count) }, false);
  body['inputs'] = body['inputs'].slice(0, -count);
  const errors = failing.map((input) =>
    itemError('INTERNAL_ERROR', 'There was a problem with this item', contextOf(input)),
  );
  const nothingLeft = asArray(body['inputs']).length === 0;
  return (answer) => {
    const written = nothingLeft ? emptyBatch() : asObject(JSON.parse(answer.body || '{}'));
    if (!Array.isArray(written['results'])) return answer;
    const all = [...asArray(written['errors']), ...errors];
    return { status: 207, body: JSON.stringify({ ...written, numErrors: all.length, errors: all }) };
  };
}

function emptyBatch(): Record<string, unknown> {
  const now = new Date().toISOString();
  return { status: 'COMPLETE', results: [], startedAt: now, completedAt: now };
}
