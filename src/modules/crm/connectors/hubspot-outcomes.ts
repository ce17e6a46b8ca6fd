import type { Settled } from '../../../shared/connectors/settled.js';
import { OutcomeUnknown } from '../crm.errors.js';
import type { WriteInput } from './hubspot-api.js';
import type { BatchAnswer, HubspotContact } from './hubspot-answers.js';
import type { ErrorBody } from './hubspot-error-body.js';
import { explainItem } from './hubspot-errors.js';

/**
 * Which result or error of a batch write belongs to which input: by trace id, by contact id, or by the e-mail address
 * that was written. HubSpot promises no order. An input that nothing is said about has an unknown outcome.
 */
export function outcomesOf(inputs: readonly WriteInput[], answer: BatchAnswer): readonly Settled<string>[] {
  return inputs.map((input) => {
    const contact = answer.contacts.find((one) => isResultOf(one, input));
    if (contact) return { value: contact.id };
    const error = answer.errors.find((one) => isErrorOf(one, input)) ?? onlyOne(inputs, answer);
    return {
      error: error ? explainItem(error) : OutcomeUnknown({ details: { found: 'no outcome for the item' } }),
    };
  });
}

function isResultOf({ traceId, id, values }: HubspotContact, input: WriteInput): boolean {
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
function onlyOne(inputs: readonly WriteInput[], { errors }: BatchAnswer): ErrorBody | undefined {
  return inputs.length === 1 ? errors[0] : undefined;
}
