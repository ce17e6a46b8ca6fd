import { CommandHandler } from '@nestjs/cqrs';
import { UseCase, type HandlerContext, type HandlerOutcome } from '../../../shared/messaging/handler.js';
import { CrmDeals } from '../connectors/crm-deals.js';
import { DealUpdated, UpdateDeal, type DealUpdateResult } from '../contracts.js';
import { differing } from '../domain/deal-change.js';
import { checkedProperties, isRecordId } from '../domain/deal-properties.js';
import { unlessGone } from '../domain/gone.js';

/** What differs; undefined when the deal is not there. */
type Changes = Readonly<Record<string, string>> | undefined;

/** Writes what differs of a deal. */
@CommandHandler(UpdateDeal)
export class UpdateDealHandler extends UseCase<UpdateDeal> {
  constructor(private readonly crm: CrmDeals) {
    super();
  }

  async run(
    { dealId, properties }: UpdateDeal,
    { effect, signal }: HandlerContext,
  ): Promise<HandlerOutcome<DealUpdateResult>> {
    const wanted = checkedProperties(properties);
    const answer = (action: DealUpdateResult['action']): DealUpdateResult => ({ dealId, action });
    const already = (changes: Changes): DealUpdateResult | undefined => {
      if (!changes) return answer('gone');
      return Object.keys(changes).length === 0 ? answer('unchanged') : undefined;
    };

    const result = await effect.perform({
      look: () => this.changes(dealId, wanted, signal),
      already,
      describe: (changes) => `update deal ${dealId}: ${Object.keys(changes ?? {}).join(', ') || 'nothing'}`,
      send: (changes = {}) =>
        unlessGone(
          this.crm.update(dealId, changes, signal).then(() => answer('updated')),
          answer('gone'),
        ),
      pretend: (changes) => already(changes) ?? answer('updated'),
      providerId: () => dealId,
    });

    if (result.action === 'gone') return { result };
    return { result, events: [{ message: new DealUpdated({ dealId }), subject: `deal:${dealId}` }] };
  }

  private async changes(
    dealId: string,
    wanted: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<Changes> {
    if (!isRecordId(dealId)) return undefined;
    const deal = (await this.crm.read([dealId], Object.keys(wanted), signal)).get(dealId);
    return deal && differing(wanted, deal.properties);
  }
}
