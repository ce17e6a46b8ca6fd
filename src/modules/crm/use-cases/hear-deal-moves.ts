import { Injectable, type OnModuleInit } from '@nestjs/common';
import {
  EventSubscribers,
  type EventSubscriber,
  type SubscriberOutcome,
} from '../../../shared/messaging/event-subscribers.js';
import { PolicyStore } from '../../../shared/policies/policy-store.js';
import { DealChanged } from '../../intake/contracts.js';
import { DealMoved } from '../contracts.js';
import { qualificationPolicy } from '../policies/deal-qualification.policy.js';

/** Tells moves of deals from all other changes: those that this system made itself are none, nor are ignored sources. */
@Injectable()
export class HearDealMoves implements EventSubscriber<DealChanged>, OnModuleInit {
  readonly name = 'crm.deal-moves';
  readonly event = DealChanged;

  constructor(
    private readonly subscribers: EventSubscribers,
    private readonly policies: PolicyStore,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.subscribers.add(this);
  }

  async handle({ dealId, at, property, changedBy, isOwn }: DealChanged): Promise<SubscriberOutcome> {
    if (property !== 'dealstage') return { decision: { ignored: 'another property' } };
    if (isOwn) return { decision: { ignored: 'our own change' } };
    const { body } = await this.policies.active(qualificationPolicy);
    if (body.ignoredSources.includes(changedBy)) return { decision: { ignored: changedBy } };
    return { events: [{ message: new DealMoved({ dealId, at }), subject: `deal:${dealId}` }] };
  }
}
