import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import type { AddressInfo } from 'node:net';
import { adminRoutes } from './core/admin.ts';
import { RecentCalls } from './core/calls.ts';
import { FaultBoard } from './core/faults.ts';
import { Journal } from './core/journal.ts';
import type { JournalEntry } from './core/journal.ts';
import { watchAndDisturb } from './core/provider-scope.ts';
import type { Environment, Running } from './core/provider.ts';
import { providers } from './providers/index.ts';

export type SandboxOptions = {
  /** 0 (the default) takes a free port. */
  port?: number;
  host?: string;
  /** Without it nothing outlives the process. */
  dataFile?: string | undefined;
  /** The variables that the simulators read: tokens, rates. */
  env?: Environment;
};

export type Sandbox = {
  /** `http://127.0.0.1:4010`; a provider's base URL is this plus its name. */
  url: string;
  /** Writes what the journal still buffers. */
  flush(): Promise<void>;
  close(): Promise<void>;
};

const BODY_LIMIT = 10 * 1024 * 1024;
const RESET: JournalEntry = { provider: '*', event: 'reset' };

/** Starts all simulators in this process and resolves when they listen. Rejects when the port is taken. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { port = 0, host = '127.0.0.1', dataFile, env = {} } = options;
  const journal = dataFile ? new Journal(dataFile) : undefined;
  const running = providers.map((create): Running => {
    const faults = new FaultBoard();
    const record = (event: unknown): void => journal?.append({ provider: provider.name, event });
    const provider = create({ env, faults, record });
    return { provider, faults };
  });
  const calls = new RecentCalls();
  const resetAll = (): void => {
    for (const { provider, faults } of running) {
      provider.reset();
      faults.clear();
    }
    calls.clear();
    journal?.append(RESET);
  };

  const app = fastify({
    bodyLimit: BODY_LIMIT,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 500 },
  });
  for (const one of running) {
    for (const [prefix, routes] of pathsOf(one)) {
      await app.register(
        async (scope) => {
          watchAndDisturb(scope, prefix, one, calls);
          routes(scope);
        },
        { prefix },
      );
    }
  }
  await app.register(async (scope) => adminRoutes(scope, running, calls, resetAll), { prefix: '/_sandbox' });

  if (journal) restore(journal, running);
  try {
    for (const { provider } of running) await provider.start?.(host);
    await app.listen({ port, host });
  } catch (error) {
    await stopAll(running);
    throw error;
  }
  journal?.start(snapshotOf(running));
  const address = app.server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`,
    flush: async () => journal?.flush(),
    async close() {
      await app.close();
      await stopAll(running);
      await journal?.close();
    },
  };
}

/** The base paths of a simulator, each with its routes. */
function pathsOf({ provider }: Running): [string, (app: FastifyInstance) => void][] {
  const others = Object.entries(provider.alsoAt ?? {});
  const all = [[provider.name, (app: FastifyInstance) => provider.routes(app)] as const, ...others];
  return all.map(([name, routes]) => [`/${name}`, routes]);
}

async function stopAll(running: Running[]): Promise<void> {
  await Promise.all(running.map(async ({ provider }) => provider.stop?.()));
}

function restore(journal: Journal, running: Running[]): void {
  for (const { provider: name, event } of journal.read()) {
    for (const { provider } of running) {
      if (name === RESET.provider) provider.reset();
      else if (provider.name === name) provider.replay(event);
    }
  }
}

function* snapshotOf(running: Running[]): Generator<JournalEntry> {
  for (const { provider } of running) {
    for (const event of provider.snapshot()) yield { provider: provider.name, event };
  }
}
