import { bisect } from '../../../shared/connectors/bisect.js';
import { Coalescer } from '../../../shared/connectors/coalesce.js';
import type { Settled } from '../../../shared/connectors/settled.js';
import { CodedError } from '../../../shared/kernel/coded-error.js';
import { OutcomeUnknown } from '../crm.errors.js';
import type { BatchAnswer } from './hubspot-answers.js';
import type { Association, WriteInput } from './hubspot-batches.js';
import { explainItem, isRejected, recordWords } from './hubspot-errors.js';
import { outcomesOf } from './hubspot-outcomes.js';

/** Something to be created under a reference. */
export interface Creation {
  readonly reference: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly associations: readonly Association[];
}

/** Search knows a new record after some seconds: who lost the answer of its creation waits for it. */
const indexLagMs = 30_000;

/** Creates records of one kind, up to a hundred a call; each has its own outcome. */
export class HubspotCreations {
  private readonly lane: Coalescer<Creation, string>;

  constructor(
    private readonly create: (inputs: readonly WriteInput[], signal?: AbortSignal) => Promise<BatchAnswer>,
  ) {
    this.lane = new Coalescer({
      max: 100,
      keyOf: ({ reference }) => reference,
      run: (items, signal) => this.createAll(items, signal),
    });
  }

  /** @returns the record's id @throws CRM.OUTCOME_UNKNOWN, to be tried again when a search would know the record */
  add(creation: Creation, signal?: AbortSignal): Promise<string> {
    return this.lane.add(creation, signal);
  }

  /** What is refused as a whole is halved until the guilty one stands alone. */
  private async createAll(
    items: readonly Creation[],
    signal: AbortSignal,
  ): Promise<readonly Settled<string>[]> {
    const run = async (part: readonly Creation[]): Promise<readonly Settled<string>[]> => {
      const inputs = part.map(({ properties, associations }, index) => ({
        ...{ traceId: `item-${index}`, properties, associations },
      }));
      const answer = await this.create(inputs, signal);
      return outcomesOf(inputs, answer, (error) => explainItem(error, recordWords));
    };
    return (await bisect(items, run, isRejected)).map(patient);
  }
}

function patient(settled: Settled<string>): Settled<string> {
  if (!('error' in settled) || !(settled.error instanceof CodedError)) return settled;
  const { code, details } = settled.error;
  return code === OutcomeUnknown.code
    ? { error: OutcomeUnknown({ details, retryAfterMs: indexLagMs }) }
    : settled;
}
