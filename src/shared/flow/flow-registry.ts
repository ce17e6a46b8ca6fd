import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { FlowPrincipals } from '../access/flow-principals.js';
import { Database } from '../database/database.js';
import { definitionOf } from '../kernel/message.js';
import { capabilityOf, laneOf, localLane } from '../messaging/lanes.js';
import { WorkerRegistry } from '../messaging/worker-registry.js';
import type { FlowDefinition, Listener, Step } from './define-flow.js';
import { RunWoken } from './flow-messages.js';
import { StepUnknown, VersionChanged } from './flow.errors.js';

export const startHandler = 'flow.start';
export const stepHandler = 'flow.step';
/** An event that flows listen to: finds the runs that it concerns. */
export const eventHandler = 'flow.event';
/** Moves a run that waited. */
export const wakeHandler = 'flow.wake';
/** Takes back what a step did. */
export const undoHandler = 'flow.undo';

/** The flows of this process, by name and version, and their registration in PostgreSQL. */
@Injectable()
export class FlowRegistry {
  private readonly flows = new Map<string, FlowDefinition>();

  constructor(
    private readonly database: Database,
    private readonly workers: WorkerRegistry,
    private readonly principals: FlowPrincipals,
  ) {}

  all(): readonly FlowDefinition[] {
    return [...this.flows.values()];
  }

  /** What this process can run, whether active or not. A flow may be given in several versions. */
  add(flow: FlowDefinition): void {
    const id = `${flow.name}@${flow.version}`;
    if (this.flows.has(id)) throw new Error(`the flow ${id} is defined twice`);
    this.flows.set(id, flow);
    const eventType = definitionOf(flow.event).type;
    const start = capabilityOf(flow.name, flow.version, eventType);
    this.workers.add({ name: start, lane: localLane, flow: flow.name });
    const types = [...commandsOf(flow), ...listenedTo(flow), definitionOf(RunWoken).type];
    for (const type of types) {
      const name = capabilityOf(flow.name, flow.version, type);
      this.workers.add({ name, lane: laneOf(type), flow: flow.name });
    }
  }

  /** What a flow's versions of this process do with events of a type, each by its own key. */
  listeners(flow: string, eventType: string): readonly Listener<never>[] {
    return this.all()
      .filter(({ name }) => name === flow)
      .flatMap(listenersOf)
      .filter(({ event }) => definitionOf(event).type === eventType);
  }

  /** @throws FLOW.STEP_UNKNOWN when this process has no such flow, version or step */
  step(flow: string, version: number, name: string): Step<unknown> {
    const found = this.get(flow, version)?.steps[name];
    if (!found) throw StepUnknown({ details: { flow, version, step: name } });
    return found as unknown as Step<unknown>;
  }

  get(flow: string, version: number): FlowDefinition | undefined {
    return this.flows.get(`${flow}@${version}`);
  }

  /**
   * Writes versions, settings and routes. A version that is newer than the active one becomes active: new runs take
   * it, runs under way keep theirs.
   * @throws FLOW.VERSION_CHANGED
   */
  async register(defaultMode: string): Promise<void> {
    for (const name of new Set(this.all().map((flow) => flow.name))) {
      const versions = this.all().filter((flow) => flow.name === name);
      this.principals.register(name, versions.flatMap(commandsOf));
    }
    const rows = this.all().map((flow) => ({
      flow: flow.name,
      version: flow.version,
      hash: tableHash(flow),
      definition: describe(flow),
      event_type: definitionOf(flow.event).type,
      capability: capabilityOf(flow.name, flow.version, definitionOf(flow.event).type),
      listens: listenedTo(flow).map((type) => ({
        event_type: type,
        capability: capabilityOf(flow.name, flow.version, type),
      })),
    }));
    await this.database.transaction(async (tx) => {
      const stored = await tx.query<{ flow: string; version: number; hash: string }>(
        `insert into flow.versions as v (flow, version, hash, definition)
         select flow, version, hash, definition
         from json_to_recordset($1::json) as f(flow text, version integer, hash text, definition jsonb)
         order by flow, version
         on conflict (flow, version) do update set definition = v.definition
         returning flow, version, hash`,
        [JSON.stringify(rows)],
      );
      const changed = rows.filter((row) =>
        stored.some((s) => s.flow === row.flow && s.version === row.version && s.hash !== row.hash),
      );
      if (changed.length > 0) {
        throw VersionChanged({
          message: `${VersionChanged.summary} (${changed.map((c) => `${c.flow}@${c.version}`).join(', ')})`,
        });
      }
      await tx.query(activate, [JSON.stringify(rows), defaultMode]);
      await tx.query(listenTo, [JSON.stringify(rows)]);
      await tx.query(followDefault, [defaultMode]);
    });
  }
}

/**
 * A mode that nobody ever set follows the configuration: a flow that was live because all connectors were the
 * sandbox's is in shadow once a real one is connected.
 */
const followDefault = `
  update flow.settings set mode = $1, revision = revision + 1, updated_at = now()
  where mode_since = '-infinity' and mode <> $1`;

const activate = `
  with input as (
    select distinct on (flow) * from json_to_recordset($1::json)
      as f(flow text, version integer, event_type text, capability text)
    order by flow, version desc),
  settings as (
    insert into flow.settings as s (flow, active_version, mode, updated_by)
    select flow, version, $2, 'system' from input
    on conflict (flow) do update set active_version = excluded.active_version, revision = s.revision + 1,
      updated_by = 'system', updated_at = now()
      where s.active_version < excluded.active_version
    returning flow, active_version)
  insert into messaging.subscriptions as s (event_type, subscriber, handler, flow, lane, capability)
  select i.event_type, 'flow:' || i.flow, '${startHandler}', i.flow, '${localLane}', i.capability
  from input i join settings on settings.flow = i.flow and settings.active_version = i.version
  on conflict (event_type, subscriber) do update set capability = excluded.capability`;

/**
 * Routes the events that the active versions listen to. A type that only an older version listens to stays routed:
 * its runs may still wait for it.
 */
const listenTo = `
  with input as (
    select f.flow, l.event_type, l.capability
    from json_to_recordset($1::json) as f(flow text, version integer, listens jsonb)
    join flow.settings s on s.flow = f.flow and s.active_version = f.version
    cross join lateral jsonb_to_recordset(f.listens) as l(event_type text, capability text))
  insert into messaging.subscriptions as s (event_type, subscriber, handler, flow, lane, capability)
  select event_type, 'flow:' || flow || ':events', '${eventHandler}', flow, '${localLane}', capability from input
  order by 1, 2
  on conflict (event_type, subscriber) do update set capability = excluded.capability`;

/** The commands that a flow may send, and those that undo them: known without running it, they are its permissions. */
export function commandsOf(flow: FlowDefinition): string[] {
  const sent = stepsOf(flow).flatMap((step) => (step.kind === 'send' ? [definitionOf(step.command)] : []));
  const undoing = sent.flatMap(({ options: { undo } }) => (undo ? [definitionOf(undo.by()).type] : []));
  return [...new Set([...sent.map(({ type }) => type), ...undoing])];
}

/** All steps of a flow, whatever its state is made of. */
export function stepsOf(flow: FlowDefinition): readonly Step<unknown>[] {
  return Object.values(flow.steps) as unknown as readonly Step<unknown>[];
}

/** All that a flow listens to: in waits, and wherever its runs stand. */
export function listenersOf(flow: FlowDefinition): readonly Listener<never>[] {
  const inWaits = Object.values(flow.steps).flatMap((step) => (step.kind === 'wait' ? step.on : []));
  return [...flow.anywhere, ...inWaits];
}

function listenedTo(flow: FlowDefinition): string[] {
  return [...new Set(listenersOf(flow).map(({ event }) => definitionOf(event).type))];
}

/** Everything of a table that can be compared: steps, their kinds, commands, listeners and answers to failures. */
function describe(flow: FlowDefinition): object {
  const steps = flow.stepNames.map((name) => {
    const step = flow.steps[name] as unknown as Step<unknown>;
    if (step.kind === 'send') {
      return { name, kind: step.kind, command: definitionOf(step.command).type, fail: step.fail };
    }
    if (step.kind === 'ask') return { name, kind: step.kind, role: step.role, within: step.within };
    return { name, kind: step.kind, timed: step.until !== undefined, on: step.on.map(typeOf) };
  });
  const anywhere = flow.anywhere.map(typeOf);
  const startedBy = definitionOf(flow.event).type;
  return {
    startedBy,
    steps,
    ...(anywhere.length > 0 && { anywhere }),
    ...(flow.onePerCase && { onePerCase: true }),
  };
}

function typeOf({ event }: Pick<Listener<never>, 'event'>): string {
  return definitionOf(event).type;
}

function tableHash(flow: FlowDefinition): string {
  return createHash('sha256')
    .update(JSON.stringify(describe(flow)))
    .digest('hex');
}
