import { BullModule } from '@nestjs/bullmq';
import {
  type BeforeApplicationShutdown,
  type DynamicModule,
  Global,
  Module,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { createPostgresBackend, setDefaultBackendFactory } from 'bullmq';
import type { Config } from '../config/config.js';
import { GuardedClient } from '../database/guarded-client.js';
import { Claims } from './claim.js';
import { Committer } from './committer.js';
import { DeadLetterListeners } from './dead-letter-listeners.js';
import { DeadLetters } from './dead-letters.js';
import { DeliveryHandlers } from './delivery-handler.js';
import { EventSubscribers } from './event-subscribers.js';
import { LaneGates } from './lane-gates.js';
import { LeaseKeeper, LeaseSettings } from './lease-keeper.js';
import { Outbox } from './outbox.js';
import { OrderedLanes } from './ordered-lanes.js';
import { Reconciler } from './reconciler.js';
import { MessagingReadiness } from './readiness.js';
import { RelayJobs, RelayProcessor, relayQueue } from './relay-queue.js';
import { Relays } from './relays.js';
import { MessageValidators } from './validators.js';
import { Wakeups } from './wakeups.js';
import { Workbench } from './workbench.js';
import { WorkerIdentity } from './worker-identity.js';
import { WorkerRegistry } from './worker-registry.js';

const providers = [
  Claims,
  Committer,
  DeadLetterListeners,
  DeadLetters,
  DeliveryHandlers,
  EventSubscribers,
  LaneGates,
  LeaseKeeper,
  OrderedLanes,
  Outbox,
  Reconciler,
  MessagingReadiness,
  RelayJobs,
  RelayProcessor,
  Relays,
  MessageValidators,
  Wakeups,
  Workbench,
  WorkerIdentity,
  WorkerRegistry,
];

/** The delivery path: outbox, lanes, leases, committer, and the Bull queue that carries wake-ups. */
@Global()
@Module({})
export class MessagingModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private booted = false;

  constructor(
    private readonly relays: Relays,
    private readonly registry: WorkerRegistry,
    private readonly reconciler: Reconciler,
    private readonly jobs: RelayJobs,
    private readonly processor: RelayProcessor,
    private readonly ordered: OrderedLanes,
    private readonly settings: LeaseSettings,
  ) {}

  static register(config: Config): DynamicModule {
    return {
      module: MessagingModule,
      imports: [
        BullModule.forRoot({ connection: queueConnection(config) }),
        BullModule.registerQueue({ name: relayQueue }),
      ],
      providers: [
        ...providers,
        { provide: LeaseSettings, useValue: new LeaseSettings(config.lease.seconds, [...config.roles]) },
      ],
      exports: [...providers, LeaseSettings],
    };
  }

  async onApplicationBootstrap(): Promise<void> {
    this.booted = true;
    if (!this.settings.works) return;
    await this.registry.start(this.settings.roles);
    this.relays.start(this.ordered.lanes());
    this.reconciler.start();
    void this.processor.worker.run();
  }

  async beforeApplicationShutdown(): Promise<void> {
    if (!this.booted) return; // a boot check refused: there is no worker yet
    if (this.settings.works) await this.stopWork();
    // Before Nest closes queue and worker, which it does in order and without end while the queue is away.
    await this.jobs.close(this.processor.worker);
  }

  private async stopWork(): Promise<void> {
    await this.reconciler.stop();
    await this.processor.worker.pause(true);
    await this.relays.stop();
    await this.registry.stop();
  }
}

/**
 * The one seam between the two backends of the queue: Redis where REDIS_URL says so, else PostgreSQL. BullMQ opens
 * connections of its own, so they go to the direct URL, past a transaction pooler.
 */
function queueConnection(config: Config): object {
  if (config.redisUrl) {
    setDefaultBackendFactory();
    return { url: config.redisUrl.reveal(), maxRetriesPerRequest: null };
  }
  setDefaultBackendFactory(createPostgresBackend);
  const connectionString = config.database.directUrl.reveal();
  return { connectionString, schema: 'bullmq', migrate: true, max: 4, Client: GuardedClient };
}
