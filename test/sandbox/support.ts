import { Client } from '@hubspot/api-client';
import { onTestFinished } from 'vitest';
import type { EffectSummary } from '../../sandbox/core/effects.ts';
import { startSandbox } from '../../sandbox/server.ts';
import type { Sandbox, SandboxOptions } from '../../sandbox/server.ts';

export const TOKEN = 'sandbox-hubspot-token';

export type Answer = { status: number; body: unknown; headers: Headers };

/** What a batch call of the client resolves to: its own type hides the errors of a 207 behind a union. */
export type BatchAnswer = {
  results: {
    id: string;
    properties: Record<string, string | null>;
    propertiesWithHistory?: object;
    _new?: boolean;
  }[];
  numErrors?: number;
  errors?: { category: string; context: Record<string, string[]> }[];
};

/** What a call of the client rejects with: an ApiException, a fetch TypeError or a socket error. */
export type Failure = {
  code?: number | string;
  name?: string;
  body?: unknown;
  headers?: Record<string, string>;
  cause?: { code?: string };
};

/** A sandbox of the test's own, closed at its end. */
export async function freshSandbox(options: SandboxOptions = {}): Promise<SandboxUnderTest> {
  const sandbox = await startSandbox(options);
  onTestFinished(() => sandbox.close());
  return new SandboxUnderTest(sandbox);
}

export class SandboxUnderTest {
  readonly sandbox: Sandbox;
  readonly client: Client;

  constructor(sandbox: Sandbox) {
    this.sandbox = sandbox;
    this.client = new Client({ accessToken: TOKEN, basePath: `${sandbox.url}/hubspot` });
  }

  get contacts() {
    return this.client.crm.contacts;
  }

  get deals() {
    return this.client.crm.deals;
  }

  get tasks() {
    return this.client.crm.objects.tasks;
  }

  get notes() {
    return this.client.crm.objects.notes;
  }

  /** A plain HTTP call to the HubSpot simulator. */
  call(method: string, path: string, body?: unknown, token = TOKEN): Promise<Answer> {
    return request(method, `${this.sandbox.url}/hubspot${path}`, body, { authorization: `Bearer ${token}` });
  }

  admin(method: string, path: string, body?: unknown): Promise<Answer> {
    return request(method, `${this.sandbox.url}/_sandbox${path}`, body);
  }

  fault(...rules: object[]): Promise<Answer> {
    return this.admin('POST', '/hubspot/faults', rules);
  }

  async effects(kind = 'contacts'): Promise<EffectSummary> {
    return at((await this.admin('GET', '/effects')).body, `providers.hubspot.${kind}`) as EffectSummary;
  }

  async create(properties: Record<string, string>): Promise<string> {
    return (await this.contacts.basicApi.create({ properties, associations: [] })).id;
  }

  async batchRead(emails: string[], properties = ['email'], propertiesWithHistory: string[] = []) {
    const inputs = emails.map((id) => ({ id }));
    const read: object = await this.contacts.batchApi.read({
      idProperty: 'email',
      inputs,
      properties,
      propertiesWithHistory,
    });
    return read as BatchAnswer;
  }
}

export async function request(
  method: string,
  url: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  return {
    status: response.status,
    body: isJson ? (JSON.parse(text) as unknown) : text,
    headers: response.headers,
  };
}

/** The error that a promise ends with; fails when there is none. */
export async function failureOf(promise: Promise<unknown>): Promise<Failure> {
  return promise.then(
    (value) => {
      throw new Error(`expected a failure, got ${JSON.stringify(value)}`);
    },
    (error: unknown) => error as Failure,
  );
}

/** The value at a dotted path (`results.0.id`), or undefined. */
export function at(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((inner, key) => (Object(inner) as Record<string, unknown>)[key], value);
}
