import { createSecretKey } from 'node:crypto';
import { type DynamicModule, Global, Module } from '@nestjs/common';
import { Redis } from 'ioredis';
import { DataSource } from 'typeorm';
import { Calendars } from './calendar/calendars.js';
import { Connections } from './connectors/connections.js';
import { SubmissionsSources } from './connectors/form-submissions.js';
import { Polls } from './connectors/polls.js';
import { PostgresRateStore } from './connectors/postgres-rate-store.js';
import { RateStore } from './connectors/rate-bucket.js';
import { RedisRateStore } from './connectors/redis-rate-store.js';
import type { Config } from './config/config.js';
import { Conditions } from './effects/conditions.js';
import { KeyedHash } from './crypto/keyed-hash.js';
import { KeyRing } from './crypto/key-ring.js';
import { Database } from './database/database.js';
import { Clock, SystemClock } from './kernel/clock.js';
import { People } from './people/people.js';
import { PoliciesTransfer } from './policies/policies-transfer.js';
import { PolicyDecisions } from './policies/policy-decisions.js';
import { PolicyDocuments } from './policies/policy-documents.js';
import { PolicyStore } from './policies/policy-store.js';
import { Purges } from './purges.js';
import { SecretStore } from './secrets/secret-store.js';
import { Transfer } from './transfer/transfer.js';

/** The configuration, where a part needs more of it than a value. */
export const CONFIG = Symbol('Config');

export interface CoreParts {
  readonly config: Config;
  readonly dataSource: DataSource;
  readonly clock?: Clock;
}

/** What every context rests on: database, keys, clock, secrets, policies. */
@Global()
@Module({})
export class CoreModule {
  static register({ config, dataSource, clock = new SystemClock() }: CoreParts): DynamicModule {
    const masterKey = createSecretKey(config.masterKey.reveal());
    return {
      module: CoreModule,
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: Clock, useValue: clock },
        { provide: DataSource, useValue: dataSource },
        { provide: Database, useFactory: () => new Database(dataSource) },
        { provide: KeyedHash, useValue: new KeyedHash(masterKey) },
        {
          provide: KeyRing,
          inject: [Database],
          useFactory: (database: Database) => new KeyRing(database, masterKey),
        },
        {
          provide: SecretStore,
          inject: [Database],
          useFactory: (database: Database) => new SecretStore(database, masterKey),
        },
        {
          provide: RateStore,
          inject: [Database],
          useFactory: (database: Database) => rateStore(config, database),
        },
        Calendars,
        Conditions,
        Connections,
        People,
        PoliciesTransfer,
        PolicyDecisions,
        PolicyDocuments,
        PolicyStore,
        Polls,
        Purges,
        SubmissionsSources,
        Transfer,
      ],
      exports: [
        CONFIG,
        Calendars,
        Clock,
        Conditions,
        Connections,
        DataSource,
        Database,
        KeyedHash,
        KeyRing,
        People,
        PolicyDecisions,
        PolicyDocuments,
        PolicyStore,
        Polls,
        Purges,
        RateStore,
        SecretStore,
        SubmissionsSources,
        Transfer,
      ],
    };
  }
}

function rateStore(config: Config, database: Database): RateStore {
  const buckets = new PostgresRateStore(database);
  if (!config.redisUrl) return buckets;
  const redis = new Redis(config.redisUrl.reveal(), { maxRetriesPerRequest: 1, lazyConnect: true });
  redis.on('error', () => undefined); // each use falls back to PostgreSQL and says so
  return new RedisRateStore(redis, buckets);
}
