import { Injectable } from '@nestjs/common';
import { CommandNotDeclared } from './access.errors.js';

/** Flows as principals: each may send the commands that it declares, and no other. */
@Injectable()
export class FlowPrincipals {
  private readonly declared = new Map<string, ReadonlySet<string>>();

  /** States, at boot, what a flow may send. @throws Error when the flow has been registered */
  register(flow: string, commandTypes: Iterable<string>): void {
    if (this.declared.has(flow)) throw new Error(`the flow ${flow} is registered twice`);
    this.declared.set(flow, new Set(commandTypes));
  }

  /** @throws ACCESS.COMMAND_NOT_DECLARED also for a flow that nobody registered */
  assertMaySend(flow: string, commandType: string): void {
    if (this.declared.get(flow)?.has(commandType)) return;
    throw CommandNotDeclared({
      message: `The flow ${flow} does not declare ${commandType}.`,
      details: { flow, command: commandType },
    });
  }
}
