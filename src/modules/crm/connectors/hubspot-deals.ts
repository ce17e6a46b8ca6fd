import { Coalescer } from '../../../shared/connectors/coalesce.js';
import { Remembered } from '../../../shared/connectors/remembered.js';
import type { Settled } from '../../../shared/connectors/settled.js';
import type { ValueKind } from '../domain/deal-values.js';
import { CrmDeals, type CrmDeal } from './crm-deals.js';
import type { HubspotRecord } from './hubspot-answers.js';
import type { HubspotDealsApi } from './hubspot-deals-api.js';
import type { HubspotSchemaApi, PropertyKind } from './hubspot-schema-api.js';
import { HubspotUpdates } from './hubspot-updates.js';

interface Reading {
  readonly id: string;
  readonly properties: readonly string[];
}

const schemaKeptMs = 60_000;
const always = ['dealstage', 'pipeline', 'hubspot_owner_id'];

/** HubSpot's deals. A hundred that are read at the same time cost two calls: one for them, one for their contacts. */
export class HubspotDeals extends CrmDeals {
  private readonly records: Coalescer<Reading, HubspotRecord | undefined>;
  private readonly contacts: Coalescer<string, readonly string[]>;
  private readonly updates: HubspotUpdates;

  private readonly schema = new Remembered<ReadonlyMap<string, ValueKind>>(schemaKeptMs);

  constructor(
    private readonly api: HubspotDealsApi,
    private readonly schemaApi: HubspotSchemaApi,
  ) {
    super();
    this.records = new Coalescer({ max: 100, run: (items, signal) => this.readAll(items, signal) });
    this.contacts = new Coalescer({ max: 100, run: (ids, signal) => this.readContacts(ids, signal) });
    this.updates = new HubspotUpdates((...update) => api.update(...update));
  }

  async read(
    ids: readonly string[],
    properties: readonly string[],
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<string, CrmDeal>> {
    const wanted = [...new Set(ids)].map((id) => this.readOne({ id, properties }, signal));
    const deals = (await Promise.all(wanted)).filter((deal) => deal !== undefined);
    return new Map(deals.map((deal) => [deal.id, deal]));
  }

  /** Not bound to one caller's signal: others wait for the same answer. */
  kinds(): Promise<ReadonlyMap<string, ValueKind>> {
    return this.schema.get('deals', async () => {
      const properties = await this.schemaApi.properties('deals');
      return new Map(Array.from(properties, ([name, kind]) => [name, kindOf(kind)]));
    });
  }

  update(id: string, properties: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<void> {
    return this.updates.add({ id, properties }, signal);
  }

  private async readOne(reading: Reading, signal?: AbortSignal): Promise<CrmDeal | undefined> {
    const [record, contactIds] = await Promise.all([
      this.records.add(reading, signal),
      this.contacts.add(reading.id, signal),
    ]);
    if (!record) return undefined;
    const { id, values } = record;
    const valueOf = (name: string): string | undefined => values[name] ?? undefined;
    return {
      ...{ id, contactIds, properties: only(values, reading.properties) },
      ...{ stage: valueOf('dealstage'), pipeline: valueOf('pipeline'), ownerId: valueOf('hubspot_owner_id') },
    };
  }

  private async readAll(
    items: readonly Reading[],
    signal: AbortSignal,
  ): Promise<readonly Settled<HubspotRecord | undefined>[]> {
    const properties = [...new Set([...always, ...items.flatMap((item) => item.properties)])];
    const ids = [...new Set(items.map(({ id }) => id))];
    const { records } = await this.api.read({ ids, properties }, signal);
    const byId = new Map(records.map((record) => [record.id, record]));
    return items.map(({ id }) => ({ value: byId.get(id) }));
  }

  private async readContacts(
    ids: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly Settled<readonly string[]>[]> {
    const contacts = await this.api.contactsOf([...new Set(ids)], signal);
    return ids.map((id) => ({ value: contacts.get(id) ?? [] }));
  }
}

function kindOf({ type, fieldType }: PropertyKind): ValueKind {
  switch (type) {
    case 'number':
      return 'number';
    case 'bool':
      return 'boolean';
    case 'date':
      return 'day';
    case 'datetime':
      return 'time';
    case 'enumeration':
      if (fieldType === 'booleancheckbox') return 'boolean';
      return fieldType === 'checkbox' ? 'choices' : 'text';
    default:
      return 'text';
  }
}

/** What one item asked for, of a batch that read what all of them want. */
function only(
  values: Readonly<Record<string, string | null>>,
  names: readonly string[],
): Record<string, string | null> {
  const wanted = names.filter((name) => name in values);
  return Object.fromEntries(wanted.map((name) => [name, values[name] ?? null]));
}
