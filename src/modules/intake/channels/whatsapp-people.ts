import type { Sender } from '../contracts.js';
import { listOf, objectOf, type JsonObject } from '../domain/json.js';
import { idOf, phoneOf, fullText } from './whatsapp-fields.js';

const longestName = 300;

/** Somebody who wrote, and whose data it is that their message carries. */
export interface Person {
  readonly sender: Sender;
  readonly dataSubjects: readonly string[];
}

/**
 * The people whom a delivery's value describes, found by their phone number or their user id: who has a username may
 * hide the number, and is then known by the user id alone
 * (https://developers.facebook.com/documentation/business-messaging/whatsapp/business-scoped-user-ids).
 */
export class Contacts {
  private readonly known = new Map<string, JsonObject>();
  /** Who wrote a message that names nobody, where that is beyond doubt. */
  private readonly only: JsonObject | undefined;

  constructor(contacts: unknown, messages: unknown) {
    const all = listOf(contacts).map(objectOf);
    for (const contact of all) {
      for (const name of [phoneOf(contact['wa_id']), idOf(contact['user_id'])]) {
        if (name !== undefined) this.known.set(name, contact);
      }
    }
    if (all.length === 1 && listOf(messages).length === 1) this.only = all[0];
  }

  /** Who wrote a message; nobody when neither number nor user id can be read. */
  authorOf(message: JsonObject): Person | undefined {
    const contact = this.of(phoneOf(message['from']), idOf(message['from_user_id']));
    // That somebody's number or user id changed comes without contacts, and tells the new one and the one before.
    const change = message['type'] === 'system' ? objectOf(message['system']) : {};
    const phones = [message['from'], contact['wa_id'], change['wa_id']].map(phoneOf).filter(isThere);
    const userIds = [
      message['from_user_id'],
      contact['user_id'],
      change['previous_user_id'],
      change['user_id'],
    ]
      .map(idOf)
      .filter(isThere);
    const sender = senderOf(phones[0], userIds[0], contact);
    return sender && { sender, dataSubjects: subjectsOf(phones, userIds) };
  }

  private of(phone: string | undefined, userId: string | undefined): JsonObject {
    const names = [phone, userId].filter(isThere);
    if (names.length === 0) return this.only ?? {};
    return names.map((name) => this.known.get(name)).find(isThere) ?? {};
  }
}

function senderOf(
  phone: string | undefined,
  userId: string | undefined,
  contact: JsonObject,
): Sender | undefined {
  const name = fullText(objectOf(contact['profile'])['name'], longestName).trim() || undefined;
  if (phone !== undefined) return { kind: 'phone', address: phone, name, userId };
  return userId === undefined ? undefined : { kind: 'user', address: userId, name };
}

/** Whose data it is: by every number and user id. */
export function subjectsOf(
  phones: readonly (string | undefined)[],
  userIds: readonly (string | undefined)[],
): readonly string[] {
  const subjects = [
    ...phones.filter(isThere).map((phone) => `phone:${phone}`),
    ...userIds.filter(isThere).map((userId) => `whatsapp-user:${userId}`),
  ];
  return [...new Set(subjects)];
}

function isThere<T>(value: T | undefined): value is T {
  return value !== undefined;
}
