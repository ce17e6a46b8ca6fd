import { asObject, asString } from '../../../core/json.ts';
import type { BatchInput } from '../batch-input.ts';
import type { ContactStore } from '../contact-store.ts';
import type { ContactWrites, PlannedWrite } from '../contact-writes.ts';
import { badRequest } from '../errors.ts';
import { ItemRefused } from '../item-refused.ts';

/**
 * Upsert by a unique property of the portal's own creates or updates. By e-mail it is not partial: the properties
 * have to carry the same e-mail, otherwise that input is refused.
 */
export function upsertPlan(store: ContactStore) {
  return (input: BatchInput, writes: ContactWrites): PlannedWrite => {
    const { id, idProperty, properties } = input;
    const sent = asObject(properties);
    if (idProperty === 'email') {
      if (asString(sent['email'])?.trim().toLowerCase() !== id.trim().toLowerCase()) {
        throw new ItemRefused('Contacts cannot be partially upserted with email as the idProperty');
      }
      const contact = store.byEmail(id);
      return contact ? writes.planChange(contact, withoutKey(sent, 'email')) : writes.planCreate(sent);
    }
    if (idProperty === undefined || !store.definitions.get(idProperty)?.hasUniqueValue) {
      throw badRequest(
        `Unable to perform update/upsert by non-unique 0-1 property ${idProperty ?? 'hs_object_id'}`,
      );
    }
    const contact = store.byUnique(idProperty, id);
    return contact ? writes.planChange(contact, sent) : writes.planCreate({ ...sent, [idProperty]: id });
  };
}

/** An upsert through a secondary e-mail must not make it the primary one. */
function withoutKey(sent: Record<string, unknown>, key: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(sent).filter(([name]) => name !== key));
}
