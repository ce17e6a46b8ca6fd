import { fileURLToPath } from 'node:url';
import type { EffectSummary } from '../../sandbox/core/effects.ts';
import { until } from '../support/until.ts';
import { ManagedProcess } from './managed-process.ts';

/** A contact as the simulator holds it. */
export interface HeldContact {
  readonly id: string;
  readonly archived: boolean;
  readonly properties: Readonly<Record<string, string>>;
}

/** A call that the simulator received. */
export interface SandboxCall {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly fault?: string;
}

/** What a test does with a sandbox, wherever it runs. */
export class SandboxClient {
  readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  /** Adds fault rules: see sandbox/README.md. */
  async fault(...rules: readonly object[]): Promise<void> {
    await this.call('POST', '/hubspot/faults', rules);
  }

  /** The rules with how often each was carried out. */
  async faults(): Promise<{ kind: string; fired: number }[]> {
    return this.call('GET', '/hubspot/faults');
  }

  async clearFaults(): Promise<void> {
    await this.call('DELETE', '/hubspot/faults');
  }

  async settings(changes: Readonly<Record<string, number>>): Promise<void> {
    await this.call('PUT', '/hubspot/settings', changes);
  }

  async effects(): Promise<EffectSummary> {
    const all = await this.call<{ providers: { hubspot: { contacts: EffectSummary } } }>('GET', '/effects');
    return all.providers.hubspot.contacts;
  }

  /** How many calls there were, and the last 200, newest first. */
  async calls(): Promise<{ total: number; calls: SandboxCall[] }> {
    return this.call('GET', '/calls');
  }

  async contact(email: string): Promise<HeldContact | undefined> {
    const { results } = await this.contacts(`?email=${encodeURIComponent(email)}`);
    return results[0];
  }

  /** All contacts; `total` tells when there are more than the simulator lists. */
  async contacts(query = ''): Promise<{ total: number; results: HeldContact[] }> {
    return this.call('GET', `/hubspot/contacts${query}`);
  }

  /** An admin route of the sandbox, without `/_sandbox`. @throws Error when it does not answer 2xx */
  async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await fetch(`${this.url}/_sandbox${path}`, {
      method,
      ...(body !== undefined && {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }
}

const main = fileURLToPath(new URL('../../sandbox/main.ts', import.meta.url));

/** A sandbox in a process of its own. */
export class SandboxProcess extends SandboxClient {
  private readonly process: ManagedProcess;

  private constructor(url: string, process: ManagedProcess) {
    super(url);
    this.process = process;
  }

  /** @param rate requests in ten seconds; without it HubSpot's own */
  static async start(options: { logFile: string; token: string; rate?: number }): Promise<SandboxProcess> {
    const env = {
      SANDBOX_PORT: '0',
      SANDBOX_PARENT_PID: String(process.pid),
      SANDBOX_HUBSPOT_TOKEN: options.token,
      SANDBOX_HUBSPOT_RATE: options.rate?.toString(),
    };
    const child = new ManagedProcess({
      name: 'sandbox',
      command: [process.execPath, main],
      env,
      logFile: options.logFile,
    });
    child.start();
    const url = await until(
      'the sandbox to listen',
      () => /listening on (\S+)/.exec(child.log())?.[1],
      30_000,
    );
    return new SandboxProcess(url, child);
  }

  kill(): Promise<void> {
    return this.process.kill();
  }
}
