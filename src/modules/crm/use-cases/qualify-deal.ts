import { CommandHandler } from '@nestjs/cqrs';
import { Calendars } from '../../../shared/calendar/calendars.js';
import { UseCase, type HandlerContext, type HandlerOutcome } from '../../../shared/messaging/handler.js';
import { decided } from '../../../shared/policies/policy-decisions.js';
import { PolicyStore } from '../../../shared/policies/policy-store.js';
import { QualifyDeal, type DealVerdict } from '../contracts.js';
import { noteOf, taskFor, taskForMany, type TaskOwner } from '../domain/deal-verdict.js';
import { outlineOfJudgement, passes, type Judgement } from '../domain/judge-deal.js';
import { propertiesOf, type QualificationPolicy } from '../domain/qualification-policy.js';
import { DealMoves } from '../persistence/deal-moves.js';
import { qualificationPolicy } from '../policies/deal-qualification.policy.js';
import { DealsInQuestion, type Judged } from './deals-in-question.js';

const always = ['pipeline', 'hubspot_owner_id'];

/** Reads a deal, decides whether it may be where it is, and says what is to follow. */
@CommandHandler(QualifyDeal)
export class QualifyDealHandler extends UseCase<QualifyDeal> {
  constructor(
    private readonly deals: DealsInQuestion,
    private readonly policies: PolicyStore,
    private readonly moves: DealMoves,
    private readonly calendars: Calendars,
  ) {
    super();
  }

  async run(command: QualifyDeal, context: HandlerContext): Promise<HandlerOutcome<DealVerdict>> {
    const { now, signal } = context;
    const policy = await this.policies.active(qualificationPolicy);
    const { body } = policy;
    const deal = (await this.deals.judge([command.dealId], body, { now, signal })).get(command.dealId);
    if (!deal) return { result: { ...nothing, state: 'gone', recheckAt: now.toISOString() } };
    const decision = decided(policy, deal.input, await outlineOfJudgement(body, deal.input), context);
    const result = await this.verdict(command, body, { deal, now });
    return { result, changes: [decision] };
  }

  private async verdict(
    command: QualifyDeal,
    policy: QualificationPolicy,
    { deal, now }: { deal: Judged; now: Date },
  ): Promise<DealVerdict> {
    const { judgement, place: stage } = deal;
    const recheckAt = new Date(now.getTime() + policy.recheckHours * 3_600_000).toISOString();
    const write = await this.deals.writes(deal, policy);
    if (!judgement) return { ...nothing, state: 'unasked', stage, write, recheckAt };
    const owner = await this.deals.owner(deal.ownerId, now);
    const tasks = await this.tasks(command, policy, { deal, judgement, owner, now });
    return {
      ...{ state: passes(judgement) ? 'pass' : 'fail', stage, write, recheckAt, ...tasks },
      note: noteOf(policy, judgement, owner),
      watched: [...always, ...propertiesOf(judgement.stage)],
    };
  }

  /** Tasks to be made and to be completed: one for each field, or of a bulk move one for all. */
  private async tasks(
    { dealId, movedAt, asked }: QualifyDeal,
    policy: QualificationPolicy,
    { deal, judgement, owner, now }: Asking,
  ): Promise<Pick<DealVerdict, 'ask' | 'done'>> {
    const by = { policy, now, calendar: await this.calendars.get(policy.calendar) };
    const missing = new Set(judgement.missing.map(({ property }) => property));
    const done = Object.keys(asked).filter((name) => name !== '*' && !missing.has(name));
    const burst = await this.moves.burstOf(dealId, new Date(movedAt));
    if (!burst || burst.dealIds.length <= policy.bulk.deals) {
      const about = { dealId, name: deal.name, place: deal.place, owner };
      const unasked = judgement.missing.filter(({ property }) => !Object.hasOwn(asked, property));
      return { ask: unasked.map((one) => taskFor(by, { missing: one, deal: about })), done };
    }
    const isAsked = Object.hasOwn(asked, '*');
    if (missing.size > 0) {
      const lacking = isAsked ? [] : lackingIn(await this.deals.judgeBurst(burst, policy, now));
      const all = [...lacking.filter((one) => one.dealId !== dealId), ...lackingOf(deal)];
      return {
        ask: isAsked ? [] : [taskForMany(by, { lacking: all, owner, burst: burst.id })],
        done,
      };
    }
    // Read anew: whoever fills in the last field has to see that it was the last.
    const isOver = isAsked && lackingIn(await this.deals.judge(burst.dealIds, policy, { now })).length === 0;
    return { ask: [], done: isOver ? [...done, '*'] : done };
  }
}

interface Asking {
  readonly deal: Judged;
  readonly judgement: Judgement;
  readonly owner: TaskOwner;
  readonly now: Date;
}

const nothing = { stage: '', ask: [], done: [], write: {}, note: '', watched: [] };

function lackingIn(deals: ReadonlyMap<string, Judged>) {
  return [...deals.values()].flatMap(lackingOf);
}

function lackingOf({ id: dealId, name, judgement }: Judged) {
  return judgement && judgement.missing.length > 0 ? [{ dealId, name, missing: judgement.missing }] : [];
}
