import type { Settled } from '../../../shared/connectors/settled.js';
import type { CodedError } from '../../../shared/kernel/coded-error.js';
import { OutcomeUnknown } from '../crm.errors.js';
import type { WriteInput } from './hubspot-batches.js';
import type { BatchAnswer, HubspotRecord } from './hubspot-answers.js';
import type { ErrorBody } from './hubspot-error-body.js';
import { explainItem } from './hubspot-errors.js';

/**
 * Which result or error of a batch write belongs to which input: by trace id, by the record's id, or by the e-mail
 * address that was written. HubSpot promises no order. An input that nothing is said about has an unknown outcome.
 */
export function outcomesOf(
  inputs: readonly WriteInput[],
  answer: BatchAnswer,
  explain: (error: ErrorBody) => CodedError = explainItem,
): readonly Settled<string>[] {
  return inputs.map((input) => {
    const record = answer.records.find((one) => isResultOf(one, input)) ?? onlyRecord(inputs, answer);
    if (record) return { value: record.id };
    const error = answer.errors.find((one) => isErrorOf(one, input)) ?? onlyError(inputs, answer);
    return {
      error: error ? explain(error) : OutcomeUnknown({ details: { found: 'no outcome for the item' } }),
    };
  });
}

function isResultOf({ traceId, id, values }: HubspotRecord, input: WriteInput): boolean {
  if (traceId !== undefined) return traceId === input.traceId;
  if (input.id !== undefined) return id === input.id;
  const email = input.properties['email'];
  return email !== undefined && values['email']?.toLowerCase() === email;
}

function isErrorOf({ context }: ErrorBody, { traceId, id }: WriteInput): boolean {
  const traces = context['objectWriteTraceId'] ?? context['objectWriteTraceIds'] ?? [];
  return traces.includes(traceId) || (id !== undefined && (context['ids'] ?? []).includes(id));
}

/** A batch of one needs no name to be known by. */
function onlyError(inputs: readonly WriteInput[], { errors }: BatchAnswer): ErrorBody | undefined {
  return inputs.length === 1 ? errors[0] : undefined;
}

function onlyRecord(inputs: readonly WriteInput[], { records }: BatchAnswer): HubspotRecord | undefined {
  const [only] = records;
  const isIt = inputs.length === 1 && records.length === 1 && inputs[0]?.id === undefined;
  return isIt && only?.traceId === undefined ? only : undefined;
}
