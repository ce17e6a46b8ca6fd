import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { connectHubspot, type Hubspot } from '../../src/modules/crm/connectors/connect-hubspot.js';
import type { CrmNames, CrmWorld } from '../../src/modules/crm/connectors/crm-world.js';
import type { HubspotContacts } from '../../src/modules/crm/connectors/hubspot-contacts.js';
import { HubspotSettings } from '../../src/modules/crm/connectors/hubspot-settings.js';
import type { ContactWish } from '../../src/modules/crm/domain/contact-wish.js';
import type { CodedError } from '../../src/shared/kernel/coded-error.js';
import { LaneGates } from '../../src/shared/messaging/lane-gates.js';
import { FreeRates } from './free-rates.js';

/** The sandbox's, at an address. */
export class SandboxSettings extends HubspotSettings {
  token: string | undefined = 'sandbox-hubspot-token';
  constructor(readonly baseUrl: string) {
    super();
  }
  async accessToken(): Promise<string | undefined> {
    return this.token;
  }
}

export const names: CrmNames = {
  firstName: 'firstname',
  company: 'company',
  phone: 'phone',
  stage: 'lifecyclestage',
  stages: { earlier: 'subscriber', lead: 'lead', customer: 'customer' },
  secondaryEmails: 'hs_additional_emails',
};

let sandbox: ChildProcess;
export let url: string;
export let settings: SandboxSettings;
export let gates: LaneGates;
export let hubspot: Hubspot;
export let contacts: HubspotContacts;
export let world: CrmWorld;
export let rates: FreeRates;

/** Registers the hooks that bring up the sandbox for a spec, and reset it before each test. */
export function withHubspotSandbox(): void {
  beforeAll(async () => {
    sandbox = spawn(process.execPath, ['sandbox/main.ts'], {
      env: { SANDBOX_PORT: '0', SANDBOX_HUBSPOT_RATE: '100000' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    for await (const line of createInterface({ input: sandbox.stdout! })) {
      const ready = /listening on (\S+)/.exec(line)?.[1];
      if (ready) {
        url = ready;
        break;
      }
    }
  });

  afterAll(async () => {
    sandbox.kill();
    await once(sandbox, 'exit');
  });

  beforeEach(async () => {
    await admin('POST', '/reset');
    await admin('PUT', '/hubspot/settings', { indexLagMs: 0 });
    settings = new SandboxSettings(`${url}/hubspot`);
    gates = new LaneGates();
    rates = new FreeRates();
    hubspot = connectHubspot(settings, rates, gates, { timeoutMs: 1_000, maxBytes: 1_000_000 });
    contacts = hubspot.contacts;
    world = { contacts, enter, change, remove, stored, count, settle: async () => {} };
  });
}

export async function admin(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${url}/_sandbox${path}`, { method, headers, body: JSON.stringify(body) });
  const text = await answer.text();
  return (text ? JSON.parse(text) : {}) as Record<string, unknown>;
}

export const fault = (...rules: object[]) => admin('POST', '/hubspot/faults', rules);

export async function enter(properties: Record<string, string>): Promise<string> {
  return (await admin('POST', '/hubspot/contacts', { properties }))['id'] as string;
}

export async function change(id: string, properties: Record<string, string>): Promise<void> {
  await admin('PUT', `/hubspot/contacts/${id}/as-person`, { properties });
}

export async function remove(id: string): Promise<void> {
  const headers = { authorization: `Bearer ${settings.token}` };
  await fetch(`${url}/hubspot/crm/v3/objects/contacts/${id}`, { method: 'DELETE', headers });
}

export async function stored(id: string): Promise<Record<string, string> | undefined> {
  return (await admin('GET', `/hubspot/contacts/${id}`))['properties'] as Record<string, string> | undefined;
}

export async function count(): Promise<number> {
  return (await admin('GET', '/hubspot/contacts'))['total'] as number;
}

export async function paths(): Promise<string[]> {
  const { calls } = (await admin('GET', '/calls')) as { calls: { path: string }[] };
  return calls.map(({ path }) => path.replace('/crm/v3/objects/contacts/', '').replace(/\?.*/, '')).reverse();
}

/** Every path that was called, in order. */
export async function allPaths(): Promise<string[]> {
  const { calls } = (await admin('GET', '/calls')) as { calls: { path: string }[] };
  return calls.map(({ path }) => path.replace(/\?.*/, '')).reverse();
}

interface Counted {
  readonly created: number;
  readonly updated: number;
  readonly unchangedWrites: number;
  readonly duplicates: readonly string[];
}

/** What the simulator counted of a kind of record. */
export async function effects(kind = 'contacts'): Promise<Counted> {
  const all = (await admin('GET', '/effects')) as { providers: { hubspot: Record<string, Counted> } };
  return all.providers.hubspot[kind]!;
}

let entered = 0;

/** A person enters a deal, about a contact that they enter too. */
export async function enterDeal(
  properties: Record<string, string>,
): Promise<{ dealId: string; contactId: string }> {
  const contactId = await enter({ email: `deal-${(entered += 1)}@example.com` });
  const types = [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId: 3 }];
  const associations = [{ to: { id: contactId }, types }];
  const { id } = await admin('POST', '/hubspot/deals', { properties, associations });
  return { dealId: id as string, contactId };
}

export async function storedDeal(id: string): Promise<Record<string, string> | undefined> {
  return (await admin('GET', `/hubspot/deals/${id}`))['properties'] as Record<string, string> | undefined;
}

export function wish(
  email: string | undefined,
  values: Record<string, string> = {},
  more: Partial<ContactWish> = {},
): ContactWish {
  const wanted = Object.entries(values).map(([name, value]) => [name, { value, write: 'always' as const }]);
  return {
    email,
    submittedAt: '2026-11-20T12:00:00Z',
    kept: {},
    properties: Object.fromEntries(wanted),
    ...more,
  };
}

export const people = (amount: number, values: Record<string, string> = {}): ContactWish[] =>
  Array.from({ length: amount }, (_, index) =>
    wish(`person${index}@example.com`, { firstname: 'P', ...values }),
  );

export async function upsert(one: ContactWish) {
  return contacts.write(await contacts.look(one));
}

export const failure = (work: Promise<unknown>): Promise<CodedError> =>
  work.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: CodedError) => error,
  );
