import { Injectable } from '@nestjs/common';
import { dateIn } from '../../../shared/calendar/zones.js';
import { Calendars } from '../../../shared/calendar/calendars.js';
import { Remembered } from '../../../shared/connectors/remembered.js';
import { People } from '../../../shared/people/people.js';
import { CrmDeals, type CrmDeal } from '../connectors/crm-deals.js';
import { CrmOwners } from '../connectors/crm-owners.js';
import { PropertyUnknown } from '../crm.errors.js';
import { isRecordId } from '../domain/deal-properties.js';
import { valueOf, type ValueKind } from '../domain/deal-values.js';
import type { TaskOwner } from '../domain/deal-verdict.js';
import { judge, passes, type JudgedDeal, type Judgement } from '../domain/judge-deal.js';
import { propertiesOf, rulesOf, type QualificationPolicy } from '../domain/qualification-policy.js';
import type { Burst } from '../persistence/deal-moves.js';

/** A deal that was read and judged. */
export interface Judged {
  readonly id: string;
  readonly name: string;
  readonly ownerId?: string;
  /** Pipeline and stage. */
  readonly place: string;
  readonly input: JudgedDeal;
  /** Undefined where the stage asks nothing. */
  readonly judgement?: Judgement;
  /** As the CRM holds it. */
  readonly result: string | null;
}

/** All deals of a bulk move are judged at once: they ask for the same task. */
const burstKeptMs = 30_000;

type Deals = ReadonlyMap<string, Judged>;
type Kinds = ReadonlyMap<string, ValueKind>;

/** Deals as the policy `deal-qualification` sees them: values of the types that the CRM says they have. */
@Injectable()
export class DealsInQuestion {
  private readonly bursts = new Remembered<Deals>(burstKeptMs);

  constructor(
    private readonly crm: CrmDeals,
    private readonly owners: CrmOwners,
    private readonly people: People,
    private readonly calendars: Calendars,
  ) {}

  /** @returns by id; deals that are not there are left out @throws CRM.PROPERTY_UNKNOWN */
  async judge(
    ids: readonly string[],
    policy: QualificationPolicy,
    { now, signal }: { now: Date; signal?: AbortSignal },
  ): Promise<Deals> {
    const kinds = await this.crm.kinds(signal);
    const deals = await this.crm.read(ids.filter(isRecordId), namesIn(policy), signal);
    const { zone } = await this.calendars.get(policy.calendar);
    const today = dateIn(zone, now);
    const judged = await Promise.all(
      [...deals.values()].map((deal) => judgeOne(deal, policy, { kinds, today, zone })),
    );
    return new Map(judged.map((one) => [one.id, one]));
  }

  /** All deals of a bulk move, as they were at most half a minute ago. */
  async judgeBurst({ id, dealIds }: Burst, policy: QualificationPolicy, now: Date): Promise<Deals> {
    return this.bursts.get(`${id}/${dealIds.length}`, () => this.judge(dealIds, policy, { now }));
  }

  /** What is to be written: the verdict, or that there is none any more, where it is another than what is there. */
  async writes(
    { judgement, result }: Judged,
    { result: to }: QualificationPolicy,
  ): Promise<Record<string, string>> {
    if (!to || !(await this.crm.kinds()).has(to.property)) return {};
    const wanted = judgement ? (passes(judgement) ? to.pass : to.fail) : '';
    return wanted === (result ?? '') ? {} : { [to.property]: wanted };
  }

  /** Whose work the deal is. */
  async owner(hubspotOwnerId: string | undefined, now: Date): Promise<TaskOwner> {
    const isActive = async (id: string): Promise<boolean> => (await this.owners.byId(id))?.isActive === true;
    const found = await this.people.resolveOwner({ hubspotOwnerId, now, isActive });
    const ownerId = found.hubspotOwnerId;
    const name = found.person?.name ?? (ownerId && (await this.owners.byId(ownerId))?.name);
    return { ...(ownerId && { ownerId }), ...(name && { name }) };
  }
}

function namesIn({ pipelines, result }: QualificationPolicy): readonly string[] {
  const stages = Object.values(pipelines).flatMap((its) => Object.values(its));
  return [...new Set(['dealname', ...(result ? [result.property] : []), ...stages.flatMap(propertiesOf)])];
}

async function judgeOne(
  deal: CrmDeal,
  policy: QualificationPolicy,
  { kinds, today, zone }: { kinds: Kinds; today: string; zone: string },
): Promise<Judged> {
  const { id, stage, pipeline, ownerId, properties } = deal;
  const rules = rulesOf(policy, pipeline, stage);
  const names = rules ? propertiesOf(rules) : [];
  const unknown = names.filter((name) => !kinds.has(name));
  if (unknown.length > 0) throw PropertyUnknown({ details: { properties: unknown, stage } });
  const values = Object.fromEntries(
    names.map((name) => [name, valueOf(properties[name], kinds.get(name) ?? 'text', zone)]),
  );
  const input = { pipeline, stage, values, today };
  return {
    ...{ id, ownerId, input, name: properties['dealname'] || `deal ${id}`, place: `${pipeline}:${stage}` },
    judgement: await judge(policy, input),
    result: policy.result ? (properties[policy.result.property] ?? null) : null,
  };
}
