import { asArray, asObject } from '../../core/json.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Account } from './account.ts';
import { targetOf } from './associations.ts';
import type { Link, ObjectRef } from './associations.ts';
import { idIn } from './batch-input.ts';
import { badRequest, objectsNotFound } from './errors.ts';

/** The associations of a body that creates a record: `[{ to: { id }, types: [{ associationTypeId }] }]`. */
export function readAssociations(account: Account, from: ObjectRef, input: unknown): Link[] {
  return asArray(input).flatMap((one) => {
    const { to, types } = asObject(one);
    const id = idIn(to);
    return readTypes(types).map((typeId) => linkTo(account, from, id, typeId));
  });
}

/** Types as `PUT …/associations/…` has them: only HubSpot's own, since no label was ever defined. */
export function readTypes(input: unknown): number[] {
  const types = asArray(input).map(asObject);
  if (types.length === 0) throw badRequest('an association has at least one type');
  return types.map(readType);
}

/** Throws 400 for a type that does not lead there, and 404 when the other object is not there. */
export function linkTo(account: Account, from: ObjectRef, id: string, typeId: number): Link {
  const kind = targetOf(from.kind, typeId);
  if (!kind) throw badRequest(`Association type ${typeId} does not lead from ${from.kind} to anything`);
  if (!account.of(kind).live(id)) throw objectsNotFound(kind, [id]);
  return { from, to: { kind, id }, typeId };
}

function readType({ associationCategory, associationTypeId }: JsonObject): number {
  const typeId = Number(associationTypeId);
  if (associationCategory !== 'HUBSPOT_DEFINED' || !Number.isInteger(typeId)) {
    throw badRequest('an association type has a category and a number');
  }
  return typeId;
}
