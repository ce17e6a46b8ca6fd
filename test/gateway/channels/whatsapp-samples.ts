/** Parts of deliveries as WhatsApp's Cloud API makes them, with people and numbers that do not exist. */
export type Part = Record<string, unknown>;

export const mailbox = '100000000000001';
export const phone = '15550100001';
export const userId = 'US.10000000000000000001';
/** 2026-11-20T11:59:50Z. */
export const sentAt = 1_795_175_990;

export function message(more: Part = {}): Part {
  const text = { type: 'text', text: { body: 'Is it open today?' } };
  return { from: phone, id: 'wamid.1', timestamp: `${sentAt}`, ...text, ...more };
}

/** A message of this type, with its part. */
export function messageOf(type: string, part: unknown, more: Part = {}): Part {
  return { from: phone, id: 'wamid.1', timestamp: `${sentAt}`, type, [type]: part, ...more };
}

export function status(name: string, more: Part = {}): Part {
  return { id: 'wamid.ours', status: name, timestamp: `${sentAt}`, recipient_id: phone, ...more };
}

export function contact(more: Part = {}): Part {
  return { profile: { name: 'Ada Example' }, wa_id: phone, ...more };
}

/** A value: the messages, statuses and errors given, of one number. */
export function value(more: Part): Part {
  const metadata = { display_phone_number: '15550100099', phone_number_id: mailbox };
  return { messaging_product: 'whatsapp', metadata, contacts: [contact()], ...more };
}

/** A delivery of one entry, with a change of `messages` for each value. */
export function delivery(...values: readonly unknown[]): Part {
  const changes = values.map((one) => ({ field: 'messages', value: one }));
  return { object: 'whatsapp_business_account', entry: [{ id: '100000000000002', changes }] };
}
