import { newId } from '../../../shared/kernel/ids.js';
import { isObject, objectOf, type JsonObject } from '../domain/json.js';
import { PayloadRefused } from '../intake.errors.js';
import type { InboundRequest, Update } from './channel.js';
import { digestOf } from './untrusted.js';
import { idOf } from './whatsapp-fields.js';
import { messageUpdate, type ValueContext } from './whatsapp-messages.js';
import { Contacts } from './whatsapp-people.js';
import { statusUpdate, troubleUpdate } from './whatsapp-statuses.js';

/** Makes one update; what it creates takes the id. */
type Maker = (id: string) => Update;

/**
 * What a delivery tells, each thing by itself: it has entries (accounts) with changes, whose value may have messages,
 * statuses and errors at a time.
 * @param delivery parsed JSON
 * @param id for what is created where the delivery tells one thing only
 * @throws INTAKE.PAYLOAD_REFUSED when it is no delivery of WhatsApp
 */
export function updatesOf(
  delivery: unknown,
  id: string,
  { receivedAt }: Pick<InboundRequest, 'receivedAt'>,
): readonly Update[] {
  const { object, entry } = objectOf(delivery);
  if (object !== 'whatsapp_business_account' || !Array.isArray(entry)) {
    throw PayloadRefused({ message: 'The body is no delivery of WhatsApp: its object or entry is another.' });
  }
  const makers = entry.flatMap((one: unknown) => ofEntry(one, receivedAt));
  const [only] = makers;
  if (makers.length === 1 && only) return [only(id)];
  return makers.map((make) => make(newId()));
}

function ofEntry(entry: unknown, receivedAt: Date): readonly Maker[] {
  const { id, time, changes } = objectOf(entry);
  if (!Array.isArray(changes)) return [() => unreadable('An entry has no list of changes.', entry)];
  return changes.flatMap((change: unknown) => {
    const { field, value } = objectOf(change);
    if (field === 'messages' && isObject(value)) return ofValue(value, receivedAt);
    if (typeof field !== 'string' || field === 'messages') {
      return [() => unreadable('A change has no field or no value.', change)];
    }
    const name = /^[a-z_]{1,100}$/.test(field) ? field : 'another kind';
    const key = digestOf({ id, time, change });
    return [() => ({ key, ignored: `Changes of ${name} are not used.` })];
  });
}

function ofValue(value: JsonObject, receivedAt: Date): readonly Maker[] {
  const { contacts, messages } = value;
  const context: ValueContext = {
    mailbox: idOf(objectOf(value['metadata'])['phone_number_id']),
    contacts: new Contacts(contacts, messages),
    receivedAt,
  };
  const makers = [
    ...each(value, 'messages', (item, id) => messageUpdate(item, context, id)),
    ...each(value, 'statuses', (item) => statusUpdate(item, context)),
    ...each(value, 'errors', (item) => troubleUpdate(item, context)),
  ];
  if (makers.length > 0) return makers;
  return [() => ({ key: digestOf(value), ignored: 'A change has no messages, statuses or errors.' })];
}

function each(
  value: JsonObject,
  name: string,
  make: (item: unknown, id: string) => Update,
): readonly Maker[] {
  const items = value[name] ?? [];
  if (!Array.isArray(items)) return [() => unreadable(`What it has as ${name} is no list.`, items)];
  return items.map((item: unknown) => (id: string) => make(item, id));
}

function unreadable(message: string, what: unknown): Update {
  return { key: digestOf(what), rejected: PayloadRefused({ message }) };
}
