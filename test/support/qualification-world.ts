import { DealChanged, DealDeleted } from '../../src/modules/intake/contracts.js';
import { qualificationPolicy } from '../../src/modules/crm/policies/deal-qualification.policy.js';
import type { QualificationPolicy } from '../../src/modules/crm/domain/qualification-policy.js';
import { dealQualification } from '../../src/flows/deal-qualification.flow.js';
import { businessKeyHash } from '../../src/shared/flow/business-key.js';
import { KeyedHash } from '../../src/shared/crypto/keyed-hash.js';
import { ShiftedClock } from '../../src/shared/kernel/clock.js';
import { Reconciler } from '../../src/shared/messaging/reconciler.js';
import { peoplePolicy, type PeoplePolicy } from '../../src/shared/people/people-policy.js';
import { PolicyStore } from '../../src/shared/policies/policy-store.js';
import { crmSpine } from './crm-spine.js';
import { testDatabase, type TestDatabase } from './database.js';
import { SandboxProcess } from './sandbox-under-test.js';
import type { Spine } from './spine.js';
import { until } from './until.js';

export interface QualificationRun {
  id: string;
  status: string;
  step: string;
  visit: number;
}

interface CrmRecord {
  id: string;
  properties: Record<string, string>;
}

/** The flow over the real spine and a simulated HubSpot that keeps its records over all tests: ids never come again. */
export class QualificationWorld {
  readonly sandbox = new SandboxProcess();
  readonly clock = new ShiftedClock();
  db!: TestDatabase;
  spine!: Spine;

  async start(): Promise<void> {
    await this.sandbox.start({ SANDBOX_HUBSPOT_RATE: '100000' });
    await this.admin('PUT', '/hubspot/settings', { indexLagMs: 0, searchRate: 10_000 });
    this.db = await testDatabase();
    const { url } = this.sandbox;
    this.spine = await crmSpine({ db: this.db, url, flows: [dealQualification], clock: this.clock });
    await this.define('signalbox_qualification');
  }

  async stop(): Promise<void> {
    await this.spine?.stop();
    await this.db?.close();
    await this.sandbox.stop();
  }

  admin(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
    return this.sandbox.admin(method, path, body);
  }

  async fault(...rules: object[]): Promise<void> {
    await this.admin('POST', '/hubspot/faults', rules);
  }

  /** A person enters a deal that nobody is told of. */
  async enter(properties: Record<string, string>): Promise<string> {
    const deal = {
      dealname: 'Example',
      dealstage: 'qualifiedtobuy',
      hubspot_owner_id: '50010001',
      ...properties,
    };
    return (await this.admin('POST', '/hubspot/deals', { properties: deal }))['id'] as string;
  }

  /** A person changes a deal, and HubSpot tells of it. */
  async change(
    id: string,
    properties: Record<string, string>,
    more: Partial<DealChanged> = {},
  ): Promise<void> {
    await this.quietly(id, properties);
    await this.told(id, properties, more);
  }

  async quietly(id: string, properties: Record<string, string>): Promise<void> {
    await this.admin('PUT', `/hubspot/deals/${id}/as-person`, { properties });
  }

  /** @returns the events' ids */
  async told(
    id: string,
    properties: Record<string, string>,
    more: Partial<DealChanged> = {},
  ): Promise<string[]> {
    const said = {
      provider: 'hubspot',
      account: '1',
      changedBy: 'CRM_UI',
      at: this.clock.now().toISOString(),
    } as const;
    return this.spine.state(
      Object.entries(properties).map(([property, value]) => ({
        message: new DealChanged({ ...said, dealId: id, property, value, ...more }),
        subject: `deal:${id}`,
        partitionKey: `deal:${id}`,
      })),
    );
  }

  async remove(id: string): Promise<void> {
    await this.admin('DELETE', `/hubspot/deals/${id}`);
    const said = {
      provider: 'hubspot',
      account: '1',
      changedBy: 'CRM_UI',
      at: this.clock.now().toISOString(),
    } as const;
    const message = new DealDeleted({ ...said, dealId: id });
    await this.spine.state([{ message, subject: `deal:${id}`, partitionKey: `deal:${id}` }]);
  }

  async deal(id: string): Promise<Record<string, string>> {
    return (await this.admin('GET', `/hubspot/deals/${id}`))['properties'] as Record<string, string>;
  }

  /** Tasks about a deal, oldest first. */
  async tasks(dealId: string): Promise<CrmRecord[]> {
    return this.about('tasks', dealId);
  }

  /** Texts of the notes about a deal, oldest first. */
  async notes(dealId: string): Promise<string[]> {
    return (await this.about('notes', dealId)).map(({ properties }) => properties['hs_note_body'] ?? '');
  }

  async allTasks(): Promise<CrmRecord[]> {
    return ((await this.admin('GET', '/hubspot/tasks')) as unknown as { results: CrmRecord[] }).results;
  }

  /** Runs of a deal, oldest first. */
  async runs(dealId: string): Promise<QualificationRun[]> {
    return this.db.database.query<QualificationRun>(
      `select id, status, step, visit from flow.runs where business_key = $1 order by created_at, id`,
      [businessKeyHash(this.spine.get(KeyedHash), dealId)],
    );
  }

  /** The deal's last run stands at a step, and nothing is under way. */
  async at(dealId: string, step: string): Promise<QualificationRun> {
    return until(`the run of ${dealId} at ${step}`, async () => {
      const last = (await this.runs(dealId)).at(-1);
      await this.hurry();
      return last?.status === 'running' && last.step === step && (await this.isQuiet()) && last;
    });
  }

  async ended(dealId: string): Promise<string> {
    return until(`the end of the run of ${dealId}`, async () => {
      const last = (await this.runs(dealId)).at(-1);
      await this.hurry();
      return last && last.status !== 'running' && (await this.isQuiet()) ? last.status : undefined;
    });
  }

  async quiet(): Promise<void> {
    await until('nothing to be under way', async () => {
      await this.hurry();
      return this.isQuiet();
    });
  }

  /** Time passes; what is due is found at once. */
  async pass(seconds: number): Promise<void> {
    this.clock.advance(seconds * 1_000);
    await this.spine.get(Reconciler).fireTimers();
  }

  /** A deal comes to a stage, and what follows from it has settled. */
  async settled(dealId: string): Promise<void> {
    await this.at(dealId, 'settle');
    await this.pass(61);
  }

  async policy(change: Partial<QualificationPolicy>): Promise<void> {
    await this.activate('deal-qualification', { ...qualificationPolicy.initial, ...change });
  }

  async people(body: PeoplePolicy): Promise<void> {
    await this.activate(peoplePolicy.name, body);
  }

  private async activate(name: string, body: object): Promise<void> {
    const store = this.spine.get(PolicyStore);
    store.check(name, body);
    await this.db.database.query(
      `update policies.documents set body = $2::jsonb where name = $1 and state = 'active'`,
      [name, JSON.stringify(body)],
    );
    store.forget(name);
  }

  private async about(kind: 'tasks' | 'notes', dealId: string): Promise<CrmRecord[]> {
    const { results } = (await this.admin('GET', `/hubspot/${kind}`)) as unknown as {
      results: { id: string }[];
    };
    const whole = await Promise.all(
      results.map(
        async ({ id }) =>
          (await this.admin('GET', `/hubspot/${kind}/${id}`)) as unknown as CrmRecord & {
            associations: Record<string, string[]>;
          },
      ),
    );
    return whole.filter(({ associations }) => Object.values(associations).flat().includes(dealId));
  }

  /** Retries come at once. */
  private async hurry(): Promise<void> {
    await this.db.database.query(
      `update messaging.deliveries set due_at = now() where state = 'pending' and attempts > 0`,
    );
  }

  private async isQuiet(): Promise<boolean> {
    const [row] = await this.db.database.query<{ n: number }>(
      `select count(*)::int as n from messaging.deliveries where state <> 'dead'`,
    );
    return row?.n === 0;
  }

  /** The account has a property of deals. */
  private async define(name: string): Promise<void> {
    const definition = { name, label: name, type: 'string', fieldType: 'text', groupName: 'dealinformation' };
    await fetch(`${this.sandbox.url}/hubspot/crm/v3/properties/deals`, {
      method: 'POST',
      headers: { authorization: 'Bearer sandbox-hubspot-token', 'content-type': 'application/json' },
      body: JSON.stringify(definition),
    });
  }
}
