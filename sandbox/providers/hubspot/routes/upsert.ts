import { asObject, asString } from '../../../core/json.ts';
import type { BatchInput } from '../batch-input.ts';
import type { RecordStore } from '../record-store.ts';
import type { PlannedWrite, RecordWrites } from '../record-writes.ts';
import { badRequest } from '../errors.ts';
import { ItemRefused } from '../item-refused.ts';

/**
 * Upsert by a unique property of the portal's own creates or updates. By e-mail it is not partial: the properties
 * have to carry the same e-mail, otherwise that input is refused.
 */
export function upsertPlan(store: RecordStore) {
  return (input: BatchInput, writes: RecordWrites): PlannedWrite => {
    const { id, idProperty, properties } = input;
    const sent = asObject(properties);
    if (idProperty === 'email' && store.facts.kind === 'contacts') {
      if (asString(sent['email'])?.trim().toLowerCase() !== id.trim().toLowerCase()) {
        throw new ItemRefused('Contacts cannot be partially upserted with email as the idProperty');
      }
      const contact = store.byUnique('email', id.trim().toLowerCase());
      return contact ? writes.planChange(contact, withoutKey(sent, 'email')) : writes.planCreate(sent);
    }
    if (idProperty === undefined || !store.definitions.get(idProperty)?.hasUniqueValue) {
      throw badRequest(
        `Unable to perform update/upsert by non-unique ${store.facts.typeId} property ${idProperty ?? 'hs_object_id'}`,
      );
    }
    const record = store.byUnique(idProperty, id);
    return record ? writes.planChange(record, sent) : writes.planCreate({ ...sent, [idProperty]: id });
  };
}

/** An upsert through a secondary e-mail must not make it the primary one. */
function withoutKey(sent: Record<string, unknown>, key: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(sent).filter(([name]) => name !== key));
}
