import assert from 'node:assert/strict';
import type { CrmDeals } from './crm-deals.js';

/** An adapter and the CRM behind it, with the means to act as a person who uses that CRM. */
export interface DealWorld {
  readonly deals: CrmDeals;
  /** The CRM's own names for what the cases write. */
  readonly names: {
    readonly amount: string;
    readonly stage: string;
    readonly pipeline: string;
    readonly owner: string;
    readonly unknown: string;
  };
  /** Two stages of one pipeline, and an owner, by the CRM's ids. */
  readonly values: {
    readonly pipeline: string;
    readonly first: string;
    readonly last: string;
    readonly owner: string;
  };
  /** A person enters a deal, and a contact of it. */
  readonly enter: (values: Record<string, string>) => Promise<{ dealId: string; contactId: string }>;
  /** A person changes a deal. */
  readonly change: (id: string, values: Record<string, string>) => Promise<void>;
  readonly remove: (id: string) => Promise<void>;
  /** What the CRM holds of a deal. */
  readonly stored: (id: string) => Promise<Record<string, string> | undefined>;
}

export interface DealCase {
  readonly name: string;
  run(world: DealWorld): Promise<void>;
}

/** What every adapter of `CrmDeals` does, whatever the CRM. */
export const crmDealsConformance: readonly DealCase[] = [
  {
    name: 'says what the texts of properties mean',
    async run({ deals, names }) {
      const kinds = await deals.kinds();
      const read = [names.amount, names.stage, names.owner, names.unknown].map((name) => kinds.get(name));
      assert.deepEqual(read, ['number', 'text', 'text', undefined]);
      assert.ok([...kinds.values()].includes('time'));
    },
  },
  {
    name: 'a deal is read with what it holds, where it stands, whose it is and whom it is about',
    async run({ deals, names, values, enter }) {
      const { dealId, contactId } = await enter({
        [names.amount]: '1500',
        [names.stage]: values.first,
        [names.owner]: values.owner,
      });
      const deal = (await deals.read([dealId], [names.amount])).get(dealId);
      assert.deepEqual(deal, {
        id: dealId,
        properties: { [names.amount]: '1500' },
        ...{ stage: values.first, pipeline: values.pipeline, ownerId: values.owner },
        contactIds: [contactId],
      });
    },
  },
  {
    name: 'what has no value is null, what does not exist is left out, and nobody owns what nobody owns',
    async run({ deals, names, values, enter }) {
      const { dealId } = await enter({ [names.stage]: values.first });
      const deal = (await deals.read([dealId], [names.amount, names.unknown])).get(dealId);
      assert.deepEqual(deal?.properties, { [names.amount]: null });
      assert.equal(deal?.ownerId, undefined);
    },
  },
  {
    name: 'reading sees what a person has just changed, and leaves out what is not there',
    async run({ deals, names, values, enter, change, remove }) {
      const [kept, gone] = [
        await enter({ [names.stage]: values.first }),
        await enter({ [names.stage]: values.first }),
      ];
      await change(kept.dealId, { [names.stage]: values.last });
      await remove(gone.dealId);
      const read = await deals.read([kept.dealId, gone.dealId, kept.dealId], []);
      assert.deepEqual([...read.keys()], [kept.dealId]);
      assert.equal(read.get(kept.dealId)?.stage, values.last);
    },
  },
  {
    name: 'an update writes exactly what it names, and an empty text clears',
    async run({ deals, names, values, enter, stored }) {
      const { dealId } = await enter({ [names.stage]: values.first, [names.amount]: '1500' });
      await deals.update(dealId, { [names.stage]: values.last, [names.amount]: '' });
      const now = await stored(dealId);
      assert.deepEqual([now?.[names.stage], now?.[names.amount] ?? ''], [values.last, '']);
    },
  },
  {
    name: 'of many updates at once one that is refused or has gone fails alone, and says why',
    async run({ deals, names, values, enter, remove, stored }) {
      const made = await Promise.all([1, 2, 3, 4].map(() => enter({ [names.stage]: values.first })));
      const ids = made.map(({ dealId }) => dealId);
      await remove(ids[1]!);
      const stages = [values.last, values.last, 'no-such-stage', values.last];
      const settled = await Promise.allSettled(
        ids.map((id, index) => deals.update(id, { [names.stage]: stages[index]! })),
      );
      const codes = settled.map((one) =>
        one.status === 'rejected' ? (one.reason as { code: string }).code : 'written',
      );
      assert.deepEqual(codes, ['written', 'CRM.RECORD_GONE', 'CRM.RECORD_REJECTED', 'written']);
      assert.equal((await stored(ids[3]!))?.[names.stage], values.last);
    },
  },
  {
    name: 'two updates of one deal at once are both made, in their order',
    async run({ deals, names, values, enter, stored }) {
      const { dealId } = await enter({ [names.stage]: values.first });
      await Promise.all([
        deals.update(dealId, { [names.amount]: '1', [names.stage]: values.last }),
        deals.update(dealId, { [names.amount]: '2' }),
      ]);
      const now = await stored(dealId);
      assert.deepEqual([now?.[names.amount], now?.[names.stage]], ['2', values.last]);
    },
  },
];
