import { bisect } from '../../../shared/connectors/bisect.js';
import { Coalescer } from '../../../shared/connectors/coalesce.js';
import type { Settled } from '../../../shared/connectors/settled.js';
import type { CodedError } from '../../../shared/kernel/coded-error.js';
import { ContactContested, OutcomeUnknown } from '../crm.errors.js';
import {
  answerOfUnchanged,
  planContact,
  type ContactPlan,
  type ContactRecord,
} from '../domain/contact-plan.js';
import type { ContactWish } from '../domain/contact-wish.js';
import { CrmContacts, type ContactWritten } from './crm-contacts.js';
import type { WriteInput } from './hubspot-batches.js';
import type { HubspotContactsApi } from './hubspot-contacts-api.js';
import type { BatchAnswer } from './hubspot-answers.js';
import { isContested, isRejected } from './hubspot-errors.js';
import { HubspotLookups } from './hubspot-lookups.js';
import { outcomesOf } from './hubspot-outcomes.js';

/** A plan on its way, and how often it was found to be outdated. */
interface Attempt {
  readonly plan: ContactPlan;
  readonly round: number;
}

/** The contact's id, or that the plan is outdated and, where HubSpot said so, which contact is there. */
type Outcome = { readonly id: string } | { readonly outdated: true; readonly existingId?: string };

const maxRounds = 4;
/** Search knows a new contact after some seconds: who created one by phone number and lost the answer waits for it. */
const indexLagMs = 30_000;

/**
 * HubSpot's contacts. What is asked for at the same time shares calls: one batch read for the e-mail addresses, one for
 * the histories of those that would change, one batch update, one batch creation.
 */
export class HubspotContacts extends CrmContacts {
  private readonly lookups: HubspotLookups;
  private readonly creations: Coalescer<Attempt, Outcome>;
  private readonly updates: Coalescer<Attempt, Outcome>;

  constructor(private readonly api: HubspotContactsApi) {
    super();
    this.lookups = new HubspotLookups(api);
    this.creations = new Coalescer({
      max: 100,
      keyOf: ({ plan: { wish } }) => wish.email ?? wish.phone ?? '',
      run: (items, signal) => this.createAll(items, signal),
    });
    this.updates = new Coalescer({
      max: 100,
      keyOf: ({ plan }) => plan.contactId ?? '',
      run: (items, signal) => this.updateAll(items, signal),
    });
  }

  async find(emails: readonly string[], signal?: AbortSignal): Promise<string | undefined> {
    const addresses = [...new Set(emails.map((email) => email.trim().toLowerCase()))].filter(isAddress);
    const ids = await Promise.all(addresses.map((email) => this.lookups.idOf(email, signal)));
    return ids.find((id) => id !== undefined);
  }

  async look(wish: ContactWish, signal?: AbortSignal): Promise<ContactPlan> {
    return this.planFor(wish, await this.lookups.find(wish, signal), signal);
  }

  async write(plan: ContactPlan, signal?: AbortSignal): Promise<ContactWritten> {
    let current = plan;
    for (let round = 0; round < maxRounds; round += 1) {
      const unchanged = answerOfUnchanged(current);
      if (unchanged) return unchanged;
      const lane = current.action === 'create' ? this.creations : this.updates;
      const outcome = await lane.add({ plan: current, round }, signal);
      const action = current.action === 'create' ? 'created' : 'updated';
      if ('id' in outcome) return { contactId: outcome.id, action, kept: { ...current.kept } };
      current = await this.lookAgain(plan.wish, outcome.existingId, signal);
    }
    throw ContactContested({ details: { rounds: maxRounds } });
  }

  async check(signal?: AbortSignal): Promise<void> {
    await this.api.read({ ids: ['1'], properties: ['email'] }, signal);
  }

  /** Histories are read only of contacts that would change: they are large, and 50 to a call. */
  private async planFor(
    wish: ContactWish,
    record: ContactRecord | undefined,
    signal?: AbortSignal,
  ): Promise<ContactPlan> {
    const plan = planContact(wish, record);
    if (plan.action !== 'update' || !record || record.history) return plan;
    const whole = await this.lookups.withHistory(record.id, wish, signal);
    if (!whole) throw ContactContested({ details: { existingId: record.id } });
    return planContact(wish, whole);
  }

  private async lookAgain(
    wish: ContactWish,
    existingId: string | undefined,
    signal?: AbortSignal,
  ): Promise<ContactPlan> {
    const named = existingId ? await this.lookups.withHistory(existingId, wish, signal) : undefined;
    return named ? planContact(wish, named) : this.look(wish, signal);
  }

  /**
   * One that exists refuses its whole batch. At first all are looked up again, which is one call; when that did not
   * help, the batch is halved until the one stands alone and HubSpot names its id.
   */
  private async createAll(
    items: readonly Attempt[],
    signal: AbortSignal,
  ): Promise<readonly Settled<Outcome>[]> {
    const isRetry = items.some(({ round }) => round > 0);
    const settled = await bisect(
      items,
      (part) => this.send(part, (inputs) => this.api.create(inputs, signal)),
      (error) => isRejected(error) || (isRetry && isContested(error)),
    );
    return settled.map((one, index) =>
      outcomeOf(one, items[index]?.plan.wish, isRetry || items.length === 1),
    );
  }

  private async updateAll(
    items: readonly Attempt[],
    signal: AbortSignal,
  ): Promise<readonly Settled<Outcome>[]> {
    const settled = await bisect(
      items,
      (part) => this.send(part, (inputs) => this.api.update(inputs, signal)),
      (error) => isRejected(error) || isContested(error),
    );
    return settled.map((one, index) => outcomeOf(one, items[index]?.plan.wish, false));
  }

  private async send(
    items: readonly Attempt[],
    call: (inputs: readonly WriteInput[]) => Promise<BatchAnswer>,
  ): Promise<readonly Settled<string>[]> {
    const inputs = items.map(({ plan: { contactId, properties } }, index) => ({
      traceId: `item-${index}`,
      id: contactId,
      properties,
    }));
    return outcomesOf(inputs, await call(inputs));
  }
}

function outcomeOf(
  settled: Settled<string>,
  wish: ContactWish | undefined,
  namesOne: boolean,
): Settled<Outcome> {
  if ('value' in settled) return { value: { id: settled.value } };
  const { error } = settled;
  if (isContested(error)) {
    const existingId = namesOne ? (error.details['existingId'] as string | undefined) : undefined;
    return { value: { outdated: true, existingId } };
  }
  const mayBeHidden = (error as CodedError).code === OutcomeUnknown.code && !wish?.email;
  return mayBeHidden ? { error: OutcomeUnknown({ retryAfterMs: indexLagMs }) } : settled;
}

/** What can be an address at all: HubSpot refuses a whole batch for one that cannot. */
function isAddress(email: string): boolean {
  return email.length <= 320 && /^[^\s@,;]+@[^\s@,;]+\.[^\s@,;]+$/.test(email);
}
