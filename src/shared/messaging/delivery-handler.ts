import { Injectable } from '@nestjs/common';
import type { AuditEntry } from '../audit/audit-entry.js';
import type { Verdict } from './failure.js';
import type { Lease } from './lease.js';
import type { MessageRow } from './message-row.js';
import type { Change } from './outcome.js';

/** What a delivery's handling adds to its outcome. All of it is committed with the outcome, or none. */
export interface Contribution {
  readonly changes: readonly Change[];
  readonly messages: readonly MessageRow[];
  readonly audit: readonly AuditEntry[];
  /** What was decided, for the timeline. */
  readonly decision?: unknown;
  /** The run that this starts: when a change is refused for it, neither messages nor audit follow. */
  readonly starts?: string;
  /** The delivery had nothing to do any more: its run ended meanwhile. */
  readonly cancelled?: boolean;
}

/** Handles deliveries of one kind (`flow.start`, `flow.step`). */
export interface DeliveryHandler<Prepared = unknown> {
  /** Reads what a whole lease needs with a constant number of statements; by delivery id. */
  prepare(leases: readonly Lease[]): Promise<ReadonlyMap<string, Prepared>>;
  /** Handles one. Throws coded errors; never writes. */
  handle(lease: Lease, prepared: Prepared): Promise<Contribution>;
  /** What a failure adds, and whether the handler has an answer to it: then the delivery is done. */
  failed(lease: Lease, prepared: Prepared, verdict: Verdict): Contribution & { answered?: boolean };
}

/** The kinds of deliveries that this process knows. */
@Injectable()
export class DeliveryHandlers {
  private readonly byName = new Map<string, DeliveryHandler>();

  register(name: string, handler: DeliveryHandler): void {
    if (this.byName.has(name)) throw new Error(`deliveries of kind ${name} have two handlers`);
    this.byName.set(name, handler);
  }

  get(name: string): DeliveryHandler {
    const found = this.byName.get(name);
    if (!found) throw new Error(`no handler for deliveries of kind ${name}`);
    return found;
  }
}

export const nothing: Contribution = { changes: [], messages: [], audit: [] };
