import { Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { defineError } from '../kernel/coded-error.js';
import { allMessages, definitionOf } from '../kernel/message.js';
import { isRole } from '../access/abilities.js';
import type { FlowDefinition, Step } from './define-flow.js';
import { durationMs } from './duration.js';
import { listenersOf, stepsOf } from './flow-registry.js';

export const BootRefused = defineError(
  'FLOW.BOOT_REFUSED',
  'permanent',
  'The process does not start: a flow, step or command is not complete.',
);

/** Where @CommandHandler of @nestjs/cqrs notes a handler's command; the package does not export the name. */
const COMMAND_HANDLER_METADATA = '__commandHandler__';

/** What types cannot check: the process refuses to start with it. */
@Injectable()
export class BootChecks {
  constructor(private readonly discovery: DiscoveryService) {}

  /** @throws FLOW.BOOT_REFUSED with every problem at once */
  check(flows: readonly FlowDefinition[]): void {
    const problems = [...this.handlerProblems(), ...flows.flatMap(flowProblems)];
    if (problems.length > 0) {
      throw BootRefused({ message: `${BootRefused.summary}\n${problems.map((p) => `  - ${p}`).join('\n')}` });
    }
  }

  /** Every command has exactly one handler. CommandBus itself only warns of two, and finds none at the first use. */
  private handlerProblems(): string[] {
    const handlers = new Map<unknown, string[]>();
    for (const { metatype } of this.discovery.getProviders()) {
      if (!metatype || !Reflect.hasOwnMetadata(COMMAND_HANDLER_METADATA, metatype)) continue;
      const command: unknown = Reflect.getOwnMetadata(COMMAND_HANDLER_METADATA, metatype);
      handlers.set(command, [...(handlers.get(command) ?? []), metatype.name]);
    }
    return allMessages()
      .filter(({ kind }) => kind === 'command')
      .flatMap(({ messageClass, type }) => {
        const found = handlers.get(messageClass) ?? [];
        if (found.length === 1) return [];
        return [
          `${type} has ${found.length === 0 ? 'no handler' : `${found.length} handlers: ${found.join(', ')}`}`,
        ];
      });
  }
}

function flowProblems(flow: FlowDefinition): string[] {
  const defined = Object.keys(flow.steps);
  const problems = defined
    .filter((step) => !flow.stepNames.includes(step))
    .map((step) => `${flow.name}: the step ${step} is defined and not listed`);
  problems.push(
    ...flow.stepNames
      .filter((step) => !defined.includes(step))
      .map((step) => `${flow.name}: the step ${step} is listed and not defined`),
  );
  const commands = stepsOf(flow).flatMap((step) => (step.kind === 'send' ? [step.command] : []));
  const heard = listenersOf(flow).map(({ event }) => event);
  for (const message of [flow.event, ...commands, ...heard]) {
    try {
      definitionOf(message);
    } catch (error) {
      problems.push(`${flow.name}: ${(error as Error).message}`);
    }
  }
  for (const [name, step] of Object.entries(flow.steps)) problems.push(...stepProblems(flow, name, step));
  return problems;
}

/** A step that nothing can end, or that nobody can answer. */
function stepProblems({ name: flow }: FlowDefinition, name: string, step: Step<never>): string[] {
  if (step.kind === 'wait') {
    const isTimed = step.until !== undefined;
    if (isTimed !== (step.due !== undefined)) return [`${flow}: ${name} needs until and due together`];
    return isTimed || step.on.length > 0 ? [] : [`${flow}: ${name} waits for nothing`];
  }
  if (step.kind !== 'ask') return [];
  const problems = isRole(step.role) ? [] : [`${flow}: ${name} asks ${step.role}, which is no role`];
  try {
    durationMs(step.within);
  } catch (error) {
    problems.push(`${flow}: ${name}: ${(error as Error).message}`);
  }
  return problems;
}
