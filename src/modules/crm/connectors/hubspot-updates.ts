import { bisect } from '../../../shared/connectors/bisect.js';
import { Coalescer } from '../../../shared/connectors/coalesce.js';
import type { Settled } from '../../../shared/connectors/settled.js';
import type { BatchAnswer } from './hubspot-answers.js';
import type { WriteInput } from './hubspot-batches.js';
import { explainItem, isRejected, recordWords } from './hubspot-errors.js';
import { outcomesOf } from './hubspot-outcomes.js';

interface Update {
  readonly id: string;
  readonly properties: Readonly<Record<string, string>>;
}

/** Changes records of one kind, up to a hundred a call; each has its own outcome, and a record its changes in order. */
export class HubspotUpdates {
  private readonly lane: Coalescer<Update, string>;

  constructor(
    private readonly update: (inputs: readonly WriteInput[], signal?: AbortSignal) => Promise<BatchAnswer>,
  ) {
    this.lane = new Coalescer({
      max: 100,
      keyOf: ({ id }) => id,
      run: (items, signal) => this.updateAll(items, signal),
    });
  }

  /** @throws CRM.RECORD_GONE, CRM.RECORD_REJECTED */
  async add(update: Update, signal?: AbortSignal): Promise<void> {
    await this.lane.add(update, signal);
  }

  /** What is refused as a whole is halved until the guilty one stands alone. */
  private async updateAll(
    items: readonly Update[],
    signal: AbortSignal,
  ): Promise<readonly Settled<string>[]> {
    const run = async (part: readonly Update[]): Promise<readonly Settled<string>[]> => {
      const inputs = part.map((item, index) => ({ ...item, traceId: `item-${index}` }));
      const answer = await this.update(inputs, signal);
      return outcomesOf(inputs, answer, (error) => explainItem(error, recordWords));
    };
    return bisect(items, run, isRejected);
  }
}
