import { type DynamicModule, Global, Inject, Module, type OnModuleInit } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { CqrsModule } from '@nestjs/cqrs';
import { EffectDecisions } from '../effects/effect-decisions.js';
import { EffectLedger } from '../effects/ledger.js';
import { PlannedEffects } from '../effects/planned-effects.js';
import { DeadLetterListeners } from '../messaging/dead-letter-listeners.js';
import { DeliveryHandlers } from '../messaging/delivery-handler.js';
import { Outbox } from '../messaging/outbox.js';
import { Purges } from '../purges.js';
import { ApprovalDecisions } from './approval-decisions.js';
import { BootChecks } from './boot-checks.js';
import type { FlowDefinition } from './define-flow.js';
import { EffectCaps } from './effect-caps.js';
import { FindRuns } from './find-runs.js';
import {
  eventHandler,
  FlowRegistry,
  startHandler,
  stepHandler,
  undoHandler,
  wakeHandler,
} from './flow-registry.js';
import { FlowSettings } from './flow-settings.js';
import { FlowsTransfer } from './flows-transfer.js';
import { RunDeadLetters } from './run-dead-letters.js';
import { RunMoves } from './run-moves.js';
import { RunOperations } from './run-operations.js';
import { RunStep } from './run-step.js';
import { Runs } from './runs.js';
import { StartRun } from './start-run.js';
import { StepDispatch } from './step-dispatch.js';
import { StepEntry } from './step-entry.js';
import { UndoRun } from './undo-run.js';
import { WakeRun } from './wake-run.js';

const FLOWS = Symbol('Flows');

export interface FlowOptions {
  readonly flows: readonly FlowDefinition[];
  /** Mode of flows that have none yet. */
  readonly mode: string;
}

const providers = [
  ApprovalDecisions,
  BootChecks,
  EffectCaps,
  EffectDecisions,
  EffectLedger,
  FindRuns,
  FlowRegistry,
  FlowSettings,
  FlowsTransfer,
  PlannedEffects,
  RunDeadLetters,
  RunMoves,
  RunOperations,
  RunStep,
  Runs,
  StepDispatch,
  UndoRun,
  StartRun,
  StepEntry,
  WakeRun,
];

/** An event that no run has begun to wait for in a month concerns none; nor does one that a run heard then come again. */
const pastTheirTime = [
  { table: 'flow.kept_events', key: 'flow, key, message_id', at: 'at', after: '30 days' },
  { table: 'flow.heard_events', key: 'run_id, message_id', at: 'at', after: '30 days' },
];

/** The flow runtime: starts runs for events, runs their steps, and lets people operate them. */
@Global()
@Module({})
export class FlowModule implements OnModuleInit {
  constructor(
    @Inject(FLOWS) private readonly options: FlowOptions,
    private readonly registry: FlowRegistry,
    private readonly checks: BootChecks,
    private readonly handlers: DeliveryHandlers,
    private readonly startRun: StartRun,
    private readonly runStep: RunStep,
    private readonly findRuns: FindRuns,
    private readonly wakeRun: WakeRun,
    private readonly undoRun: UndoRun,
    private readonly deadLetters: DeadLetterListeners,
    private readonly runDeadLetters: RunDeadLetters,
    private readonly outbox: Outbox,
    private readonly effects: PlannedEffects,
    private readonly purges: Purges,
  ) {}

  static register(options: FlowOptions): DynamicModule {
    return {
      module: FlowModule,
      imports: [CqrsModule.forRoot(), DiscoveryModule],
      providers: [...providers, { provide: FLOWS, useValue: options }],
      exports: [ApprovalDecisions, EffectDecisions, FlowRegistry, FlowSettings, RunOperations],
    };
  }

  async onModuleInit(): Promise<void> {
    this.checks.check(this.options.flows);
    for (const flow of this.options.flows) this.registry.add(flow);
    this.handlers.register(startHandler, this.startRun);
    this.handlers.register(stepHandler, this.runStep);
    this.handlers.register(eventHandler, this.findRuns);
    this.handlers.register(wakeHandler, this.wakeRun);
    this.handlers.register(undoHandler, this.undoRun);
    this.purges.addRows(...pastTheirTime);
    this.outbox.addRider(this.effects);
    this.deadLetters.add(this.runDeadLetters);
    await this.registry.register(this.options.mode);
  }
}
