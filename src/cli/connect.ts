import { setTimeout as sleep } from 'node:timers/promises';
import { agreed } from './agreed.js';
import type { ShownChannel } from './channels.js';
import type { CommandContext } from './command.js';

interface Connection {
  readonly provider: string;
  readonly title: string;
  /** Null: it sends nothing. */
  readonly channel: string | null;
  readonly url: string | null;
  readonly steps: readonly string[];
}

interface Checked {
  readonly ok: boolean;
  readonly checks: readonly { name: string; ok: boolean; detail: string; remedy?: string }[];
  readonly missing: readonly { name: string; detail: string }[];
}

const askEveryMs = 2_000;

/** Checks a provider, creates what it lacks once agreed, says what to enter there, and waits for its first delivery. */
export async function connect(context: CommandContext, provider = ''): Promise<boolean> {
  const { api, print } = context;
  if (!provider) {
    const { items } = await api.get<{ items: Connection[] }>('/connections');
    print(`Which one? ${items.map((one) => one.provider).join(', ')}`);
    return false;
  }
  const connection = await api.get<Connection>(`/connections/${encodeURIComponent(provider)}`);
  if (!(await check(context, connection))) return false;
  const { title, channel, url, steps } = connection;
  print(url === null ? `\n${title}:` : `\n${title} is to send to ${url}`);
  steps.forEach((step, index) => print(`  ${index + 1}. ${step}`));
  return channel === null || waitForDelivery(context, title, channel);
}

async function check(context: CommandContext, { provider, title }: Connection): Promise<boolean> {
  const { api, print } = context;
  const { ok, checks, missing } = await api.post<Checked>(`/connections/${provider}/check`, {});
  for (const one of checks) {
    print(`${one.ok ? '✓' : '✗'} ${one.name}: ${one.detail}`);
    if (!one.ok && one.remedy) print(`    ${one.remedy}`);
  }
  if (!ok) return false;
  if (missing.length === 0) return true;
  print(`\n${title} lacks what Signalbox needs:`);
  for (const part of missing) print(`  ${part.name}: ${part.detail}`);
  if (!(await agreed(context, 'Create it?'))) {
    print('Nothing was created.');
    return false;
  }
  const { created } = await api.post<{ created: string[] }>(`/connections/${provider}/create`, {
    confirm: true,
  });
  print(`Created: ${created.join(', ')}`);
  return true;
}

async function waitForDelivery(context: CommandContext, title: string, channel: string): Promise<boolean> {
  const { api, print, waitSeconds } = context;
  if (waitSeconds === 0) return true;
  const last = async (): Promise<string> => {
    const { sources } = await api.get<ShownChannel>(`/channels/${channel}`);
    return sources
      .map(({ lastAcceptedAt }) => lastAcceptedAt ?? '')
      .sort()
      .at(-1) as string;
  };
  const before = await last();
  print(`\nWaiting for ${title} (${waitSeconds} s; Ctrl-C ends it)…`);
  const end = performance.now() + waitSeconds * 1000;
  while (performance.now() < end) {
    await sleep(askEveryMs);
    const now = await last();
    if (now > before) {
      print(`A genuine delivery arrived at ${now}. ${title} is connected.`);
      return true;
    }
  }
  print(`Nothing arrived. \`signalbox channels\` says whether something was refused, and why.`);
  return false;
}
