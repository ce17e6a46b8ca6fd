import { randomBytes } from 'node:crypto';
import { sealBytes, sealJson } from '../../src/shared/crypto/field-cipher.js';
import { KeyRing } from '../../src/shared/crypto/key-ring.js';
import { KeyedHash } from '../../src/shared/crypto/keyed-hash.js';
import { statePlace } from '../../src/shared/flow/runs.js';
import { businessKeyHash } from '../../src/shared/flow/business-key.js';
import { newId } from '../../src/shared/kernel/ids.js';
import { payloadPlace } from '../../src/shared/messaging/message-row.js';
import { bodyPlace } from '../../src/modules/intake/persistence/inbound.js';
import { packRequest } from '../../src/modules/intake/persistence/raw-request.js';
import type { AdminUnderTest } from './support.js';

type Row = Record<string, unknown>;

/** Writes rows as the product would have written them, at states that are hard to reach from outside. */
export class Rows {
  constructor(private readonly t: AdminUnderTest) {}

  async insert(table: string, row: Row): Promise<void> {
    const columns = Object.keys(row);
    const values = columns.map((_, index) => `$${index + 1}`);
    await this.t.db.database.query(
      `insert into ${table} (${columns.join(', ')}) values (${values.join(', ')})`,
      Object.values(row),
    );
  }

  async dataKey() {
    const made = this.t.app.get(KeyRing).create([]);
    await this.t.db.database.transaction((tx) => this.t.app.get(KeyRing).store(tx, [made]));
    return made.key;
  }

  async run(given: Row & { businessKey?: string; state?: unknown } = {}): Promise<string> {
    const { businessKey = 'nobody', state = { secret: 'of a person' }, ...rest } = given;
    const id = (rest['id'] as string | undefined) ?? newId();
    const key = await this.dataKey();
    const row = {
      ...{
        id,
        flow: 'new-lead',
        version: 1,
        mode: 'live',
        status: 'running',
        step: 'enrich-lead',
        key_id: key.id,
      },
      state: sealJson(key, statePlace(id), state),
      business_key: businessKeyHash(this.t.app.get(KeyedHash), businessKey),
      ...{ started_by: newId(), created_at: new Date(), updated_at: new Date() },
    };
    await this.insert('flow.runs', { ...row, ...rest });
    return id;
  }

  async deadLetter(given: Row & { payload?: unknown } = {}): Promise<string> {
    const { payload = { fields: { email: 'ada@example.com' } }, ...rest } = given;
    const key = await this.dataKey();
    const id = newId();
    const messageId = newId();
    await this.insert('messaging.dead_letters', {
      ...{
        delivery_id: id,
        status: 'dead',
        message_id: messageId,
        type: 'crm.upsert-contact.v1',
        handler: 'flow.step',
      },
      ...{
        lane: 'hubspot',
        capability: 'new-lead@1:crm.upsert-contact.v1',
        flow: 'new-lead',
        step: 'upsert-contact',
      },
      ...{
        visit: 2,
        hold: false,
        max_attempts: 14,
        key_id: key.id,
        code: 'CRM.CONTACT_REJECTED',
        attempts: 1,
      },
      payload: sealJson(key, payloadPlace(messageId), payload),
      error: { code: 'CRM.CONTACT_REJECTED', kind: 'permanent', message: 'refused', details: {} },
      created_at: new Date(),
      ...rest,
    });
    return id;
  }

  async effect(given: Row = {}): Promise<string> {
    const key = await this.dataKey();
    const id = newId();
    await this.insert('effects.effects', {
      ...{
        id,
        key: randomBytes(32),
        delivery_id: newId(),
        flow: 'new-lead',
        step: 'upsert-contact',
        visit: 2,
      },
      ...{
        generation: 0,
        connector: 'hubspot',
        command: 'crm.upsert-contact.v1',
        class: 'lookup',
        state: 'confirmed',
      },
      ...{ request_hash: randomBytes(32), reference: 'sbx-1', target: randomBytes(32), key_id: key.id },
      ...given,
    });
    return id;
  }

  async delivery(given: Row = {}): Promise<string> {
    const id = newId();
    await this.insert('messaging.deliveries', {
      ...{ id, message_id: newId(), type: 'crm.upsert-contact.v1', handler: 'flow.step', lane: 'hubspot' },
      ...{
        capability: 'new-lead@1:crm.upsert-contact.v1',
        flow: 'new-lead',
        step: 'upsert-contact',
        max_attempts: 14,
      },
      ...given,
    });
    return id;
  }

  async inbound(given: Row & { body?: Buffer } = {}): Promise<string> {
    const { body = Buffer.from('<script>alert(1)</script>'), ...rest } = given;
    const key = await this.dataKey();
    const id = (rest['id'] as string | undefined) ?? newId();
    await this.insert('intake.inbound', {
      ...{
        id,
        request_id: id,
        channel: 'forms',
        source: 'contact',
        delivery_key: `contact:${id}`,
        status: 'accepted',
      },
      ...{ content_type: 'text/html', size: body.length, key_id: key.id, received_at: new Date() },
      ...rest,
    });
    const sealed = sealBytes(key.secret, bodyPlace(id), packRequest({ headers: {}, body }));
    await this.insert('intake.raw_bodies', { id, body: sealed, key_id: key.id });
    return id;
  }

  async message(given: Row = {}): Promise<string> {
    const key = await this.dataKey();
    const id = newId();
    await this.insert('messaging.messages', {
      ...{
        id,
        kind: 'event',
        aggregatetype: 'submission',
        aggregateid: id,
        type: 'intake.form-submitted.v1',
      },
      ...{ payload: sealJson(key, payloadPlace(id), {}), key_id: key.id, source: '/signalbox/intake' },
      ...{ time: new Date(), correlationid: newId(), partitionkey: id },
      ...given,
    });
    return id;
  }

  async attempt(given: Row): Promise<void> {
    await this.insert('messaging.attempts', {
      ...{
        id: newId(),
        delivery_id: newId(),
        message_id: newId(),
        type: 'crm.upsert-contact.v1',
        flow: 'new-lead',
      },
      ...{ step: 'upsert-contact', visit: 2, number: 1, outcome: 'done', worker: newId() },
      ...{ started_at: new Date(), finished_at: new Date() },
      ...given,
    });
  }
}
