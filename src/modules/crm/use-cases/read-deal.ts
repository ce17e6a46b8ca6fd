import { CommandHandler } from '@nestjs/cqrs';
import { UseCase, type HandlerContext, type HandlerOutcome } from '../../../shared/messaging/handler.js';
import { CrmDeals } from '../connectors/crm-deals.js';
import { ReadDeal, type DealAnswer } from '../contracts.js';
import { isRecordId, wantedProperties } from '../domain/deal-properties.js';

/** Reads a deal as it is now, for flows that an event has told of it. */
@CommandHandler(ReadDeal)
export class ReadDealHandler extends UseCase<ReadDeal> {
  constructor(private readonly crm: CrmDeals) {
    super();
  }

  async run(command: ReadDeal, { signal }: HandlerContext): Promise<HandlerOutcome<DealAnswer>> {
    const { dealId } = command;
    const properties = wantedProperties(command.properties);
    const deal = isRecordId(dealId)
      ? (await this.crm.read([dealId], properties, signal)).get(dealId)
      : undefined;
    if (!deal) return { result: { dealId, exists: false, contactIds: [], properties: {} } };
    const { id: _, ...held } = deal;
    return { result: { dealId, exists: true, ...held } };
  }
}
