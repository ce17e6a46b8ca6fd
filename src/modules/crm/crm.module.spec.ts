import { createHash, createSecretKey } from 'node:crypto';
import { Test } from '@nestjs/testing';
import { describe, expect, it } from 'vitest';
import { testDatabase } from '../../../test/support/database.js';
import { Calendars } from '../../shared/calendar/calendars.js';
import { Connections } from '../../shared/connectors/connections.js';
import { SubmissionsSources } from '../../shared/connectors/form-submissions.js';
import { Polls } from '../../shared/connectors/polls.js';
import { PostgresRateStore } from '../../shared/connectors/postgres-rate-store.js';
import { RateStore } from '../../shared/connectors/rate-bucket.js';
import { CONFIG } from '../../shared/core.module.js';
import { KeyedHash } from '../../shared/crypto/keyed-hash.js';
import { Database } from '../../shared/database/database.js';
import { EventSubscribers } from '../../shared/messaging/event-subscribers.js';
import { LaneGates } from '../../shared/messaging/lane-gates.js';
import { People } from '../../shared/people/people.js';
import { PolicyStore } from '../../shared/policies/policy-store.js';
import { SecretStore } from '../../shared/secrets/secret-store.js';
import { CrmContacts } from './connectors/crm-contacts.js';
import { HubspotContacts } from './connectors/hubspot-contacts.js';
import { CrmModule } from './crm.module.js';
import { contactPolicy } from './policies/crm-contact.policy.js';
import { UpsertContactHandler } from './use-cases/upsert-contact.js';

class Foundation {}

describe('CrmModule', () => {
  it('is put together from the global providers that it names, and installs its policy', async () => {
    const db = await testDatabase();
    const heard: string[] = [];
    const provided = [
      { provide: Database, useValue: db.database },
      {
        provide: KeyedHash,
        useValue: new KeyedHash(createSecretKey(createHash('sha256').update('test').digest())),
      },
      { provide: RateStore, useClass: PostgresRateStore },
      { provide: CONFIG, useValue: { hubspot: { baseUrl: 'http://127.0.0.1:9', isSandbox: true } } },
      { provide: SecretStore, useValue: { valid: async () => [] } },
      Connections,
      { provide: EventSubscribers, useValue: { add: async (one: { name: string }) => heard.push(one.name) } },
      LaneGates,
      Calendars,
      People,
      PolicyStore,
      Polls,
      SubmissionsSources,
    ];
    const tokens = provided.map((one) => ('provide' in one ? one.provide : one));
    const foundation = { module: Foundation, global: true, providers: provided, exports: tokens };
    const app = await Test.createTestingModule({ imports: [foundation, CrmModule] }).compile();
    try {
      await app.init();
      expect(app.get(CrmContacts)).toBeInstanceOf(HubspotContacts);
      expect(app.get(UpsertContactHandler)).toBeDefined();
      expect(heard).toEqual(['crm.deal-moves']);
      expect((await app.get(PolicyStore).active(contactPolicy)).body).toEqual(contactPolicy.initial);
    } finally {
      await app.close();
      await db.close();
    }
  });
});
