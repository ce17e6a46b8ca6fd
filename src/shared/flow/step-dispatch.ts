import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { EffectLedger, type AskingDelivery } from '../effects/ledger.js';
import type { OpenEffect } from '../effects/open-effect.js';
import { definitionOfType, type Command } from '../kernel/message.js';
import { withContext, type HandlerOutcome } from '../messaging/handler.js';
import type { Lease } from '../messaging/lease.js';
import { toRow, type MessageRow } from '../messaging/message-row.js';
import { MessageValidators } from '../messaging/validators.js';
import { EffectCaps } from './effect-caps.js';
import { RunNotFound } from './flow.errors.js';
import { FlowSettings, type FlowSetting } from './flow-settings.js';
import { Runs, type RunRow } from './runs.js';

/** A command about to run: its run, its flow's setting, and its effect while it is open. */
export interface PreparedStep {
  readonly run: RunRow | undefined;
  readonly setting: FlowSetting | undefined;
  readonly effect: OpenEffect;
  readonly capped: boolean;
}

/** Runs a run's command through the CommandBus, with its effect: the same for what a step does and what undoes it. */
@Injectable()
export class StepDispatch {
  constructor(
    private readonly bus: CommandBus,
    private readonly runs: Runs,
    private readonly settings: FlowSettings,
    private readonly ledger: EffectLedger,
    private readonly caps: EffectCaps,
    private readonly validators: MessageValidators,
  ) {}

  async prepare(leases: readonly Lease[]): Promise<ReadonlyMap<string, PreparedStep>> {
    const runs = await this.runs.load(leases.map(({ row }) => row.run_id ?? ''));
    const withEffect = leases.filter(({ row }) => definitionOfType(row.type)?.options.effect);
    const records = await this.ledger.load(withEffect.map((lease) => askingOf(lease, runs)));
    const settings = await this.settings.current();
    const capped = await this.caps.charge(withEffect, runs, records, settings);
    return new Map(
      leases.map((lease) => {
        const { row, key } = lease;
        const run = runs.get(row.run_id ?? '');
        const record = records.get(row.id);
        const mode = run?.mode === 'live' || run?.mode === 'redirect' ? run.mode : 'shadow';
        const options = { mode, key, attempt: row.attempts + row.crashes } as const;
        const effect = this.ledger.open(record, { ...options, deadline: () => lease.deadline() });
        return [row.id, { run, setting: settings.get(row.flow), effect, capped: capped.has(row.id) }];
      }),
    );
  }

  /** @throws CodedError what the handler throws */
  async dispatch(
    lease: Lease,
    run: RunRow,
    { effect, setting }: PreparedStep,
    now: Date,
  ): Promise<HandlerOutcome<unknown>> {
    const { row, data, key, signal } = lease;
    const definition = definitionOfType(row.type);
    if (!definition) throw RunNotFound({ message: `${row.type} is not known here` });
    this.validators.check(row.type, data);
    let command = Object.assign(Object.create(definition.messageClass.prototype as object) as object, data);
    if (run.mode === 'redirect' && definition.options.effect) {
      const redirected = definition.options.effect.redirect?.(command as never, setting?.redirect ?? {});
      if (redirected) command = redirected;
      else effect.onlyLook();
    }
    const context = {
      ...{ actor: `flow:${row.flow}`, now, signal, runId: run.id, step: row.step },
      ...{ attempt: row.attempts, key, effect },
    };
    return this.bus.execute<Command<unknown>, HandlerOutcome<unknown>>(
      withContext(command, context) as Command<unknown>,
    );
  }

  /** What the outcome states, as messages. */
  events({ row, key }: Lease, outcome: HandlerOutcome<unknown>, now: Date): MessageRow[] {
    const context = {
      ...{ key, now, correlationId: row.correlationid, causationId: row.message_id },
      ...{ partitionKey: row.partitionkey, traceparent: row.traceparent },
    };
    return (outcome.events ?? []).map((event) => toRow(event, context, this.validators));
  }
}

function askingOf({ row, data }: Lease, runs: ReadonlyMap<string, RunRow>): AskingDelivery {
  const { id: deliveryId, type, flow, step, visit } = row;
  const runId = row.run_id ?? '';
  return { deliveryId, type, data, runId, flow, step, visit, generation: runs.get(runId)?.generation ?? 0 };
}
