import { Injectable } from '@nestjs/common';
import type { Tx } from '../database/tx.js';

/** What those who own runs do when their dead letters change hands. */
export interface DeadLetterListener {
  /** Deliveries died without a handler's word: their worker died twice. */
  buried(tx: Tx, deliveryIds: readonly string[]): Promise<void>;
  retried(tx: Tx, runIds: readonly string[]): Promise<void>;
  discarded(tx: Tx, runIds: readonly string[]): Promise<void>;
}

/** Messaging knows deliveries, not runs; whoever owns runs listens here, in the same transaction. */
@Injectable()
export class DeadLetterListeners {
  private readonly listeners: DeadLetterListener[] = [];

  add(listener: DeadLetterListener): void {
    this.listeners.push(listener);
  }

  async buried(tx: Tx, deliveryIds: readonly string[]): Promise<void> {
    for (const listener of this.listeners) await listener.buried(tx, deliveryIds);
  }

  async retried(tx: Tx, runIds: readonly string[]): Promise<void> {
    if (runIds.length > 0) for (const listener of this.listeners) await listener.retried(tx, runIds);
  }

  async discarded(tx: Tx, runIds: readonly string[]): Promise<void> {
    if (runIds.length > 0) for (const listener of this.listeners) await listener.discarded(tx, runIds);
  }
}
