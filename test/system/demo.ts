import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../support/until.ts';
import { AdminClient } from './admin-client.ts';
import { ChannelsScene } from './channels-scene.ts';
import { DealsScene } from './deals-scene.ts';
import { startEmbeddedApp } from './embedded-app.ts';
import type { EmbeddedApp } from './embedded-app.ts';
import { FactReader } from './facts.ts';
import { prove } from './proof.ts';
import { InvoicesScene } from './invoices-scene.ts';
import type { Proof } from './proof.ts';
import { proofTable } from './proof-table.ts';
import { Random } from './random.ts';
import { SandboxClient } from './sandbox-process.ts';
import type { Scene } from './scene.ts';
import { Sender } from './sender.ts';
import { timelineOf } from './timeline.ts';
import { planTraffic } from './traffic.ts';
import type { TrafficCounts } from './traffic.ts';

export interface DemoOptions {
  readonly seed: number;
  /** Form submissions; retries, noise and forgeries come on top. */
  readonly count: number;
  /** The environment of the application. */
  readonly env: Readonly<Record<string, string | undefined>>;
  print(text: string): void;
  /** Does some outcomes twice, so that the proof must fail. */
  readonly plant?: boolean;
  /** Told how to end what was started, as soon as there is something to end. */
  onStart(stop: () => Promise<void>): void;
}

const settleMs = 150_000;

/** Starts the product, drives it with traffic while its provider fails, and proves what became of it. */
export async function runDemo(options: DemoOptions): Promise<boolean> {
  const { seed, count, env, print, onStart } = options;
  const begun = performance.now();
  print(
    `\nSignalbox demo: ${count} form submissions become HubSpot contacts, deals are qualified, and\nlate customers reminded, while the providers fail.`,
  );
  print(`Seed ${seed} (the same again: npm run demo -- --seed ${seed} --count ${count})\n`);
  const app = await startEmbeddedApp(env, onStart);
  print(`Started in ${seconds(performance.now() - begun)}: ${app.url}, sandbox ${app.sandboxUrl}/_sandbox`);
  const parts = {
    app,
    sandbox: new SandboxClient(app.sandboxUrl),
    facts: new FactReader(app.databaseUrl),
    sender: new Sender(() => [app.url], app.formsSecret),
    ...scenesOf(app, seed),
  };
  try {
    const isRight = await play(parts, options);
    print(`\n${isRight ? 'Proven' : 'NOT PROVEN'} in ${seconds(performance.now() - begun)}.`);
    return isRight;
  } finally {
    await Promise.all([parts.sender.close(), parts.facts.close(), parts.closeScenes()]);
    await app.stop();
  }
}

/** What is played beside the forms, one after the other. */
function scenesOf(
  app: EmbeddedApp,
  seed: number,
): Pick<Parts, 'scenes' | 'channels' | 'invoices' | 'closeScenes'> {
  const { url, secrets, databaseUrl, sandboxUrl, adminKey } = app;
  const parts = { admin: new AdminClient(url, adminKey), sandbox: new SandboxClient(sandboxUrl) };
  const stage = { url, secrets, facts: new FactReader(databaseUrl), ...parts };
  const channels = new ChannelsScene(stage);
  const closeScenes = (): Promise<void> => stage.facts.close();
  const invoices = new InvoicesScene(stage);
  return { channels, invoices, closeScenes, scenes: [new DealsScene(stage, seed), invoices, channels] };
}

interface Parts {
  readonly scenes: readonly Scene[];
  readonly channels: ChannelsScene;
  readonly invoices: InvoicesScene;
  closeScenes(): Promise<void>;
  readonly app: EmbeddedApp;
  readonly sandbox: SandboxClient;
  readonly facts: FactReader;
  readonly sender: Sender;
}

async function play(parts: Parts, { seed, count, print, plant }: DemoOptions): Promise<boolean> {
  const { sandbox, sender } = parts;
  await sandbox.fault(...faults(seed));
  const traffic = planTraffic(seed, count);
  const wrong = await traffic.send(sender, () => untilEnriched(parts.facts));
  print(`\n── Answers\n${answersText(sender, traffic.counts)}`);
  for (const text of wrong.slice(0, 10)) print(`  WRONG: ${text}`);
  print('\n── Work');
  await settle(parts, print);
  print(`  HubSpot failed: ${await faultsText(sandbox)}`);
  print(`\n── One run\n${await runText(parts)}`);
  for (const scene of parts.scenes) {
    print(`\n── ${scene.title}`);
    for (const line of await scene.play()) print(`  ${line}`);
  }
  await settle(parts, print);
  if (plant) for (const scene of parts.scenes) await scene.plant();
  const proof = await readProof(parts);
  print(`\n── Proof\n${proofTable(proof)}`);
  return proof.isClean && wrong.length === 0;
}

/** A few failures of each kind early in the traffic: fewer in a row than would open the breaker for half a minute. */
function faults(seed: number): object[] {
  const random = new Random(seed);
  const write = { method: 'POST', path: '/batch/(create|update)$' };
  const soon = { headers: { 'retry-after': '2' } };
  return [
    { kind: 'reset-after', match: write, after: random.whole(2), times: 2 },
    { kind: '429-ten-secondly', fault: soon, match: write, after: 2 + random.whole(2), times: 2 },
    { kind: '500', match: { method: 'POST', path: '/batch/read$' }, after: 1 + random.whole(4), times: 2 },
  ];
}

function answersText({ counts }: Sender, planned: TrafficCounts): string {
  const meanings = new Map([
    [202, 'accepted'],
    [400, 'genuine, and not what the form asks for'],
    [401, 'not signed by the sender, or too long ago'],
    [0, 'no answer'],
  ]);
  const lines = [...counts]
    .sort(([a], [b]) => a - b)
    .map(([status, count]) => {
      return `  ${String(status).padEnd(5)}${String(count).padStart(5)}   ${meanings.get(status) ?? 'to be sent again'}`;
    });
  const { submissions, duplicates, malformed, forged, followUps } = planned;
  return [
    `  ${submissions} submissions (${followUps} of them by people who had written before), ${duplicates} sent twice, ` +
      `${malformed} malformed, ${forged} forged`,
    ...lines,
  ].join('\n');
}

/** From the step that writes the contact on, one person's submissions are worked on in their order. */
async function untilEnriched(facts: FactReader): Promise<void> {
  const isEnriched = async (): Promise<boolean> => {
    const rest = await facts.query(`select from messaging.deliveries where step <> 'upsert-contact' limit 1`);
    return rest.length === 0;
  };
  await until('every submission to be enriched', isEnriched, settleMs);
}

/** Tells how it goes until nothing is under way, or nothing ends any more. */
async function settle({ facts }: Parts, print: (text: string) => void): Promise<void> {
  const begun = performance.now();
  let told = -Infinity;
  for (;;) {
    const left = await facts.unsettled();
    const now = performance.now();
    if (left === 0 || now - told > 2_000) {
      print(`  ${seconds(now - begun).padStart(7)}  ${await progressText(facts)}`);
      told = now;
    }
    if (left === 0 || now - begun > settleMs) return;
    await sleep(100);
  }
}

async function progressText(facts: FactReader): Promise<string> {
  const [row] = await facts.query<{ done: number; open: number; retries: number }>(
    `select (select count(*) from flow.runs where status = 'done')::int as done,
       (select count(*) from flow.runs where status <> 'done')::int as open,
       (select count(*) from messaging.deliveries where attempts > 0 and state = 'pending')::int as retries`,
  );
  return `${row?.done} runs done, ${row?.open} open, ${row?.retries} waiting for another try`;
}

async function faultsText(sandbox: SandboxClient): Promise<string> {
  const fired = await sandbox.faults();
  return fired.map(({ kind, fired: times }) => `${times} × ${kind}`).join(', ');
}

/** The run that needed most tries: it has most to tell. */
async function runText({ app, facts }: Parts): Promise<string> {
  const [row] = await facts.query<{ runId: string; contactId: string | null }>(
    `select a.run_id as "runId", max(e.provider_id) as "contactId" from messaging.attempts a
     left join effects.effects e on e.run_id = a.run_id
     where a.run_id is not null group by a.run_id order by count(*) desc, a.run_id limit 1`,
  );
  if (!row) return '  no run was started';
  const timeline = await timelineOf(app.url, app.adminKey, row.runId);
  return `${timeline}\n  contact ${row.contactId}: ${app.sandboxUrl}/_sandbox/hubspot/contacts/${row.contactId}`;
}

async function readProof({ sandbox, facts, sender, scenes, channels, invoices }: Parts): Promise<Proof> {
  const { results } = await sandbox.contacts();
  // Samples of channels, and customers whom a person has entered, are contacts by other ways.
  const isOfForms = (email = ''): boolean => !email.startsWith('try.') && !invoices.entered.has(email);
  const all = await facts.read();
  const others = await Promise.all(scenes.map((scene) => scene.prove(all)));
  const statements = {
    accepted: sender.accepted,
    facts: all,
    contacts: results.filter(({ archived, properties }) => !archived && isOfForms(properties['email'])),
    effects: await sandbox.effects(),
    samples: channels.samples,
  };
  return prove(statements, others);
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
