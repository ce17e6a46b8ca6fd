import { asObject, asString, isObject } from '../../core/json.ts';
import { badRequest } from './errors.ts';

export type BatchInput = {
  id: string;
  idProperty: string | undefined;
  properties: unknown;
  associations: unknown;
  objectWriteTraceId: string | undefined;
};

const BATCH_MAX = 100;

/** The inputs of a batch call: 1 to 100 objects. `needsId` is false for creation alone. */
export function readInputs(body: unknown, needsId: boolean): BatchInput[] {
  const inputs = isObject(body) ? body['inputs'] : undefined;
  if (!Array.isArray(inputs) || inputs.length === 0) throw badRequest('inputs must hold at least one item');
  if (inputs.length > BATCH_MAX) {
    throw badRequest(
      `The maximum number of inputs in a batch is ${BATCH_MAX}, this one has ${inputs.length}`,
    );
  }
  return inputs.map((input: unknown) => readInput(input, needsId));
}

function readInput(input: unknown, needsId: boolean): BatchInput {
  if (!isObject(input)) throw badRequest('Invalid input JSON: an input is an object');
  const id = idIn(input);
  if (needsId && !id) throw badRequest('Some required fields were not set: [id]');
  return {
    id,
    idProperty: asString(input['idProperty']),
    properties: input['properties'],
    associations: input['associations'],
    objectWriteTraceId: asString(input['objectWriteTraceId']),
  };
}

/** The `id` of an object, as text; empty when it has none. */
export function idIn(input: unknown): string {
  const { id } = asObject(input);
  return typeof id === 'number' ? String(id) : (asString(id) ?? '');
}

/** HubSpot refuses a write batch that names one object twice. */
export function refuseDuplicates(ids: string[]): void {
  const twice = ids.filter((id, index) => ids.indexOf(id) !== index);
  if (twice.length > 0) {
    throw badRequest(
      `Duplicate IDs found in batch input: [${[...new Set(twice)].join(', ')}]. IDs must be unique`,
    );
  }
}

/** With a trace id on every input a batch may fail in part (207); without, one bad input refuses it all (400). */
export const mayFailInPart = (inputs: BatchInput[]): boolean =>
  inputs.every((input) => input.objectWriteTraceId !== undefined);

export function contextOf(input: BatchInput): Record<string, string[]> {
  if (input.objectWriteTraceId !== undefined) return { objectWriteTraceId: [input.objectWriteTraceId] };
  return input.id === '' ? {} : { ids: [input.id] };
}
