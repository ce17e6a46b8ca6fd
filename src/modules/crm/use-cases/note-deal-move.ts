import { CommandHandler } from '@nestjs/cqrs';
import { UseCase, type HandlerContext, type HandlerOutcome } from '../../../shared/messaging/handler.js';
import { change } from '../../../shared/messaging/outcome.js';
import { PolicyStore } from '../../../shared/policies/policy-store.js';
import { CrmDeals } from '../connectors/crm-deals.js';
import { NoteDealMove, type NotedMove } from '../contracts.js';
import { isRecordId } from '../domain/deal-properties.js';
import { rulesOf } from '../domain/qualification-policy.js';
import { DealMoves } from '../persistence/deal-moves.js';
import { qualificationPolicy } from '../policies/deal-qualification.policy.js';

/** Takes note of a move to a stage that asks for something, and says when all of a bulk move will be known. */
@CommandHandler(NoteDealMove)
export class NoteDealMoveHandler extends UseCase<NoteDealMove> {
  constructor(
    private readonly crm: CrmDeals,
    private readonly policies: PolicyStore,
    private readonly moves: DealMoves,
  ) {
    super();
  }

  async run(
    { dealId, movedAt }: NoteDealMove,
    { now, signal }: HandlerContext,
  ): Promise<HandlerOutcome<NotedMove>> {
    const { body } = await this.policies.active(qualificationPolicy);
    const deal = isRecordId(dealId) ? (await this.crm.read([dealId], [], signal)).get(dealId) : undefined;
    if (!deal || !rulesOf(body, deal.pipeline, deal.stage))
      return { result: { settlesAt: now.toISOString() } };
    const withinMs = body.bulk.withinSeconds * 1_000;
    const row = { dealId, movedAt: new Date(movedAt), ownerId: deal.ownerId ?? '', withinMs };
    return {
      result: { settlesAt: new Date(now.getTime() + withinMs).toISOString() },
      changes: [change(this.moves, row)],
    };
  }
}
