import 'reflect-metadata';
import { Global, Module, type DynamicModule, type INestApplicationContext, type Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { FlowPrincipals } from '../../src/shared/access/flow-principals.js';
import { loadConfig, type Config } from '../../src/shared/config/config.js';
import { CoreModule } from '../../src/shared/core.module.js';
import { KeyRing } from '../../src/shared/crypto/key-ring.js';
import { Database } from '../../src/shared/database/database.js';
import type { FlowDefinition } from '../../src/shared/flow/define-flow.js';
import { FlowModule } from '../../src/shared/flow/flow.module.js';
import { Clock } from '../../src/shared/kernel/clock.js';
import { newId } from '../../src/shared/kernel/ids.js';
import { toRow } from '../../src/shared/messaging/message-row.js';
import { MessagingModule } from '../../src/shared/messaging/messaging.module.js';
import { Outbox } from '../../src/shared/messaging/outbox.js';
import { MessageValidators } from '../../src/shared/messaging/validators.js';
import { Readiness } from '../../src/shared/observability/readiness.js';
import { Wakeups } from '../../src/shared/messaging/wakeups.js';
import type { TestDatabase } from './database.js';

@Global()
@Module({ providers: [FlowPrincipals, Readiness], exports: [FlowPrincipals, Readiness] })
class PrincipalsModule {}

@Module({})
class SpineModule {}

const silent = { log: () => undefined, error: () => undefined, warn: () => undefined };

export interface SpineOptions {
  db: TestDatabase;
  flows: readonly FlowDefinition[];
  /** Command handlers. */
  handlers: readonly Type[];
  /** Whole contexts. */
  modules?: readonly Type[];
  env?: Record<string, string>;
  clock?: Clock;
}

/** The spine alone in this process: messaging, effects and flows over a real PostgreSQL and a real queue. */
export class Spine {
  private constructor(
    readonly app: INestApplicationContext,
    readonly config: Config,
  ) {}

  static async start(options: SpineOptions): Promise<Spine> {
    const { db, flows, handlers, modules = [], env = {}, clock } = options;
    const config = loadConfig({
      DATABASE_URL: db.url,
      SIGNALBOX_MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
      SIGNALBOX_FLOW_MODE: 'live',
      SIGNALBOX_LEASE_SECONDS: '5',
      ...env,
    });
    const root: DynamicModule = {
      module: SpineModule,
      imports: [
        CoreModule.register({ config, dataSource: db.dataSource, clock }),
        PrincipalsModule,
        MessagingModule.register(config),
        FlowModule.register({ flows, mode: config.flowMode }),
        ...modules,
      ],
      providers: [...handlers],
    };
    const app = await Test.createTestingModule({ imports: [root] })
      .setLogger(silent)
      .compile();
    try {
      await app.init();
      return new Spine(app, config);
    } catch (error) {
      await app.close();
      throw error;
    }
  }

  get<T>(type: abstract new (...args: never[]) => T): T {
    return this.app.get(type as unknown as Type<T>, { strict: false });
  }

  /** States events as a context would: in one transaction, each under a key of its own. */
  async state(
    events: readonly { message: object; subject: string; partitionKey?: string }[],
  ): Promise<string[]> {
    const keyRing = this.get(KeyRing);
    const keys = events.map(() => keyRing.create([]));
    const rows = events.map((event, i) =>
      toRow(
        event,
        {
          key: keys[i]!.key,
          correlationId: newId(),
          causationId: null,
          partitionKey: event.partitionKey ?? 'p',
          traceparent: null,
          now: this.get(Clock).now(),
        },
        this.get(MessageValidators),
      ),
    );
    const lanes = await this.get(Database).transaction(async (tx) => {
      await keyRing.store(tx, keys);
      return this.get(Outbox).append(tx, rows);
    });
    this.get(Wakeups).signal(lanes);
    return rows.map(({ id }) => id);
  }

  stop(): Promise<void> {
    return this.app.close();
  }
}
