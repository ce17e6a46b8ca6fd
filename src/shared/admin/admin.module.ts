import { Global, Module } from '@nestjs/common';
import { ApprovalsController } from './approvals/approvals.controller.js';
import { ApprovalsRead } from './approvals/approvals-read.js';
import type { Config } from '../config/config.js';
import { CONFIG } from '../core.module.js';
import { ConnectionsController } from './connectors/connections.controller.js';
import { ConnectorsController } from './connectors/connectors.controller.js';
import { ConnectorsRead } from './connectors/connectors-read.js';
import { BulkSelection } from './dead-letters/bulk-selection.js';
import { DeadLettersController } from './dead-letters/dead-letters.controller.js';
import { DeadLettersRead } from './dead-letters/dead-letters-read.js';
import { EffectsController } from './effects/effects.controller.js';
import { EffectsRead } from './effects/effects-read.js';
import { FlowsController } from './flows/flows.controller.js';
import { FlowsRead } from './flows/flows-read.js';
import { OverviewController } from './overview/overview.controller.js';
import { OverviewRead } from './overview/overview-read.js';
import { PoliciesController } from './policies/policies.controller.js';
import { PUBLIC_URL } from './public-url.js';
import { RawReads } from './raw-reads.js';
import { RunTimeline } from './runs/run-timeline.js';
import { RunWaiting } from './runs/run-waiting.js';
import { RunsController } from './runs/runs.controller.js';
import { RunsRead } from './runs/runs-read.js';
import { TransferController } from './transfer/transfer.controller.js';

/**
 * The admin API of what all contexts share. Its read models may query across schemas; whatever changes something is
 * an operation of who owns it. Contexts have controllers of their own and get `RawReads` from here.
 */
@Global()
@Module({
  controllers: [
    ApprovalsController,
    ConnectionsController,
    ConnectorsController,
    DeadLettersController,
    EffectsController,
    FlowsController,
    OverviewController,
    PoliciesController,
    RunsController,
    TransferController,
  ],
  providers: [
    { provide: PUBLIC_URL, inject: [CONFIG], useFactory: ({ http }: Config) => http.publicUrl },
    ApprovalsRead,
    BulkSelection,
    ConnectorsRead,
    DeadLettersRead,
    EffectsRead,
    FlowsRead,
    OverviewRead,
    RawReads,
    RunTimeline,
    RunWaiting,
    RunsRead,
  ],
  exports: [RawReads],
})
export class AdminModule {}
