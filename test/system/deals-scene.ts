import { until } from '../support/until.ts';
import type { Facts } from './facts.ts';
import type { Finding, FindingKind, SceneProof } from './proof.ts';
import { Random } from './random.ts';
import type { Scene, Stage } from './scene.ts';

interface Held {
  readonly id: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly associations: Readonly<Record<string, readonly string[]>>;
}

interface Deal {
  readonly id: string;
  readonly missing: readonly Field[];
}

type Field = 'closedate' | 'dealtype';
const labels = { closedate: 'Close date', dealtype: 'Deal type' } as const;
const values = { closedate: '2027-03-31', dealtype: 'newbusiness' } as const;
const owners = ['50010001', '50010002'];
const patienceMs = 60_000;

/** Deals come to a stage that asks for more than they have; people fill it in. */
export class DealsScene implements Scene {
  readonly title = 'Deals come to a stage that asks for a close date and a type';
  private readonly deals: Deal[] = [];
  private readonly stage: Stage;
  private readonly random: Random;

  constructor(stage: Stage, seed: number) {
    this.stage = stage;
    this.random = new Random(seed);
  }

  async play(): Promise<string[]> {
    const { sandbox, admin, url, secrets } = this.stage;
    await admin.post('/connections/hubspot/create', { confirm: true });
    await admin.changePolicy('deal-qualification', (body) => ({
      ...body,
      bulk: { deals: 10, withinSeconds: 1 },
    }));
    const hook = { url: `${url}/webhooks/hubspot`, secret: secrets['HUBSPOT_CLIENT_SECRET'] };
    await sandbox.call('PUT', '/hubspot/webhooks', {
      ...hook,
      types: ['deal.propertyChange', 'deal.deletion'],
    });
    for (const missing of [
      [],
      ['closedate'],
      ['dealtype'],
      ['closedate', 'dealtype'],
      [],
      ['closedate'],
    ] as Field[][])
      this.deals.push({ id: await this.enter(missing), missing });
    const flapping = this.random.shuffle(this.deals).slice(0, 3);
    for (const { id } of this.deals) await this.change(id, { dealstage: 'contractsent' });
    for (const { id } of flapping) {
      await this.change(id, { dealstage: 'qualifiedtobuy' });
      await this.change(id, { dealstage: 'contractsent' });
    }
    await until(
      'every deal to be judged',
      () => this.all(async (deal) => (await this.verdict(deal)) !== undefined),
      patienceMs,
    );
    await until(
      'every task',
      () => this.all(async ({ id, missing }) => (await this.tasks(id)).length >= missing.length),
      patienceMs,
    );
    for (const { id, missing } of this.deals)
      for (const field of missing) await this.change(id, { [field]: values[field] });
    await until(
      'every deal to pass',
      () => this.all(async (deal) => (await this.verdict(deal)) === 'pass'),
      patienceMs,
    );
    return [
      `${this.deals.length} deals came to the stage Contract Sent, ${flapping.length} of them twice; ` +
        `${this.missing} fields were missing, and filled in later`,
    ];
  }

  async plant(): Promise<void> {
    const [deal] = this.deals.filter(({ missing }) => missing.length > 0);
    const { id, properties } = ((await this.tasks(deal?.id ?? ''))[0] ?? {}) as Held;
    if (!deal || !id) throw new Error('there is no task to do once more');
    // 216: a task about a deal.
    const type = { associationCategory: 'HUBSPOT_DEFINED', associationTypeId: 216 };
    const associations = [{ to: { id: deal.id }, types: [type] }];
    const task = { properties: copyable(properties), associations };
    await this.stage.sandbox.call('POST', '/hubspot/tasks', task);
  }

  async prove({ runs, effects }: Facts): Promise<SceneProof> {
    const own = runs.filter(({ flow }) => flow === 'deal-qualification');
    const findings = (await Promise.all(this.deals.map((deal) => this.findingsOf(deal)))).flat();
    const tasks = await this.list('tasks');
    const ours = new Set(this.deals.map(({ id }) => id));
    const strange = tasks.filter(
      ({ associations }) =>
        !Object.values(associations)
          .flat()
          .some((id) => ours.has(id)),
    );
    const done = own.filter(({ status }) => status === 'done').length;
    const ids = new Set(own.map(({ id }) => id));
    const confirmed = effects.filter(
      ({ runId, state }) => runId && ids.has(runId) && state === 'confirmed',
    ).length;
    return {
      line:
        `${this.deals.length} deals, ${this.missing} fields missing · ${done} runs done · ` +
        `${confirmed} effects confirmed · ${tasks.length} tasks at the provider`,
      findings: [
        ...findings,
        ...strange.map(({ id }) => ({
          kind: 'phantom' as const,
          subject: `task ${id}`,
          what: 'a task about no deal',
        })),
      ],
    };
  }

  private async findingsOf(deal: Deal): Promise<Finding[]> {
    const found: Finding[] = [];
    const add = (kind: FindingKind, what: string): void =>
      void found.push({ kind, subject: `deal ${deal.id}`, what });
    const tasks = await this.tasks(deal.id);
    for (const field of deal.missing) {
      const about = tasks.filter(({ properties }) => properties['hs_task_subject']?.includes(labels[field]));
      if (about.length === 0) add('lost', `no task for ${labels[field]}`);
      if (about.length > 1) add('duplicated', `${about.length} tasks for ${labels[field]}`);
      if (about.some(({ properties }) => properties['hs_task_status'] !== 'COMPLETED'))
        add('lost', `the task for ${labels[field]} is not completed`);
    }
    const isAsked = ({ properties }: Held): boolean =>
      deal.missing.some((field) => properties['hs_task_subject']?.includes(labels[field]));
    if (!tasks.every(isAsked)) add('phantom', 'a task for a field that is not missing');
    const verdict = await this.verdict(deal);
    if (verdict !== 'pass') add('lost', `its verdict is ${verdict ?? 'not there'}`);
    const notes = (await this.list('notes'))
      .filter(isAbout(deal.id))
      .map(({ properties }) => properties['hs_note_body']);
    if (!notes.some((note) => note?.includes('has all that'))) add('lost', 'no note that it passes');
    if (new Set(notes).size < notes.length) add('duplicated', 'the same note twice');
    return found;
  }

  private get missing(): number {
    return this.deals.reduce((sum, { missing }) => sum + missing.length, 0);
  }

  private async all(holds: (deal: Deal) => Promise<boolean>): Promise<boolean> {
    for (const deal of this.deals) if (!(await holds(deal))) return false;
    return true;
  }

  private async verdict({ id }: Deal): Promise<string | undefined> {
    const { properties } = await this.stage.sandbox.call<Held>('GET', `/hubspot/deals/${id}`);
    return properties['signalbox_qualification'] || undefined;
  }

  private async tasks(dealId: string): Promise<Held[]> {
    return (await this.list('tasks')).filter(isAbout(dealId));
  }

  private async list(kind: 'tasks' | 'notes'): Promise<Held[]> {
    const { results } = await this.stage.sandbox.call<{ results: { id: string }[] }>(
      'GET',
      `/hubspot/${kind}`,
    );
    return Promise.all(
      results.map(({ id }) => this.stage.sandbox.call<Held>('GET', `/hubspot/${kind}/${id}`)),
    );
  }

  private async enter(missing: readonly Field[]): Promise<string> {
    const filled = Object.entries(values).filter(([field]) => !missing.includes(field as Field));
    const properties = {
      ...{ dealname: `Deal ${this.deals.length + 1}`, dealstage: 'qualifiedtobuy', amount: '1500' },
      hubspot_owner_id: owners[this.deals.length % owners.length],
      ...Object.fromEntries(filled),
    };
    return (await this.stage.sandbox.call<Held>('POST', '/hubspot/deals', { properties })).id;
  }

  /** As a person does it in HubSpot's own pages, which tell us of it. */
  private async change(id: string, properties: Readonly<Record<string, string>>): Promise<void> {
    await this.stage.sandbox.call('PUT', `/hubspot/deals/${id}/as-person`, { properties });
  }
}

const isAbout =
  (id: string) =>
  ({ associations }: Held): boolean =>
    Object.values(associations).flat().includes(id);

/** What a person could have entered. */
function copyable(properties: Readonly<Record<string, string>>): Record<string, string> {
  const names = ['hs_task_subject', 'hs_task_body', 'hs_task_status', 'hs_timestamp', 'hubspot_owner_id'];
  return Object.fromEntries(names.flatMap((name) => (properties[name] ? [[name, properties[name]]] : [])));
}
