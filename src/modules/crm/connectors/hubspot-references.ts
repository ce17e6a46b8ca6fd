import { Coalescer } from '../../../shared/connectors/coalesce.js';
import type { Settled } from '../../../shared/connectors/settled.js';
import type { BatchAnswer, HubspotRecord } from './hubspot-answers.js';
import type { Filter, FilterGroup } from './hubspot-batches.js';

type Search = (
  groups: readonly FilterGroup[],
  properties: readonly string[],
  signal?: AbortSignal,
) => Promise<BatchAnswer>;

type Found = Settled<string | undefined>;

/** HubSpot takes up to five groups of filters in a search. */
const mostGroups = 5;

/** Finds records by our references. Those that are looked for at the same time share searches. */
export class HubspotReferences {
  private readonly inTexts: Coalescer<string, string | undefined>;
  private readonly inProperties: Coalescer<string, string | undefined>;

  /** @param text the property that ends with the reference @param property the one that holds nothing else */
  constructor(
    private readonly search: Search,
    private readonly text: string,
    private readonly property = '',
  ) {
    const concurrency = 1;
    this.inTexts = new Coalescer({
      ...{ max: mostGroups, concurrency },
      run: (items, signal) => this.searchTexts(items, signal),
    });
    this.inProperties = new Coalescer({
      ...{ max: 100, concurrency },
      run: (items, signal) => this.searchProperties(items, signal),
    });
  }

  /** The first record whose text ends with the reference, up to five references a search. */
  inText(reference: string, signal?: AbortSignal): Promise<string | undefined> {
    return this.inTexts.add(reference, signal);
  }

  /** The first record whose property is the reference, up to a hundred references a search. */
  inProperty(reference: string, signal?: AbortSignal): Promise<string | undefined> {
    return this.inProperties.add(reference, signal);
  }

  /** Search splits texts into words: the last word of a reference finds it, and the text itself proves it. */
  private async searchTexts(references: readonly string[], signal: AbortSignal): Promise<readonly Found[]> {
    const groups = references.map((reference) => {
      const word = /[A-Za-z0-9]+$/.exec(reference)?.[0] ?? reference;
      return { filters: [filter(this.text, { operator: 'CONTAINS_TOKEN', value: `*${word}` })] };
    });
    const { records } = await this.search(groups, [this.text], signal);
    return references.map((reference) =>
      idOf(records, ({ values }) => values[this.text]?.includes(reference) === true),
    );
  }

  private async searchProperties(
    references: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly Found[]> {
    const filters = [filter(this.property, { operator: 'IN', values: references })];
    const { records } = await this.search([{ filters }], [this.property], signal);
    return references.map((reference) => idOf(records, ({ values }) => values[this.property] === reference));
  }
}

function filter(propertyName: string, rest: Omit<Filter, 'propertyName'>): Filter {
  return { propertyName, ...rest };
}

function idOf(records: readonly HubspotRecord[], isIt: (record: HubspotRecord) => boolean): Found {
  return { value: records.find(isIt)?.id };
}
