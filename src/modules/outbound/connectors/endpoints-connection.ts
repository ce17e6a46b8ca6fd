import { guardedLookup, type Resolve } from '../../../shared/connectors/outside-guard.js';
import type { Connection, ConnectionCheck, MissingPart } from '../../../shared/connectors/connections.js';
import { originOf } from '../../../shared/connectors/outside-url.js';
import { newId } from '../../../shared/kernel/ids.js';
import type { Clock } from '../../../shared/kernel/clock.js';
import { endpointOf, type Endpoint, type EndpointsPolicy } from '../domain/http-endpoint.js';
import type { Endpoints } from './endpoints.js';

export interface EndpointsConnectionParts {
  readonly endpoints: Endpoints;
  readonly policy: () => Promise<EndpointsPolicy>;
  readonly secrets: (name: string) => Promise<readonly string[]>;
  readonly privateOrigins: ReadonlySet<string>;
  readonly resolve: Resolve;
  readonly clock: Clock;
}

/** How endpoints are connected: each is checked without being called, and called by a signed ping once agreed. */
export class EndpointsConnection implements Connection {
  readonly provider = 'http';
  readonly title = 'HTTP endpoints';
  readonly steps = [
    'Describe the endpoint in the policy http-endpoints, and activate it.',
    'Give the receiver the secret (ENDPOINTS_SIGNING_SECRET): it verifies requests by Standard Webhooks.',
    'Where the receiver does a thing once for an Idempotency-Key, say for how many hours in honoursKeyHours: only then is a call whose answer was lost sent again.',
    'Where it answers later, let it post a CloudEvent with resume.key as its subject to /webhooks/events, signed by EVENTS_SIGNING_SECRET.',
  ];
  /** Endpoints that took a ping since this process began, by name and URL. */
  private readonly reached = new Set<string>();

  constructor(private readonly parts: EndpointsConnectionParts) {}

  async check(): Promise<readonly ConnectionCheck[]> {
    const endpoints = await this.all();
    if (endpoints.length === 0) {
      return [{ name: 'endpoints', ok: true, detail: 'The policy http-endpoints names none.' }];
    }
    const checks = await Promise.all(
      endpoints.map(async (one) => [await this.secretCheck(one), await this.addressCheck(one)]),
    );
    return checks.flat();
  }

  async missing(): Promise<readonly MissingPart[]> {
    return (await this.unreached()).map(({ name, url }) => ({
      name: `ping of ${name}`,
      detail: `a signed request of the type signalbox.ping, without data, to ${originOf(url)}`,
    }));
  }

  async create(signal: AbortSignal): Promise<readonly string[]> {
    const pinged: string[] = [];
    const { endpoints, clock } = this.parts;
    for (const endpoint of await this.unreached()) {
      const now = clock.now();
      const ping = { reference: `sbx-ping-${newId()}`, type: 'signalbox.ping', at: now, data: {} };
      const { status } = await endpoints.call(endpoint, ping, now, signal);
      this.reached.add(placeOf(endpoint));
      pinged.push(`ping of ${endpoint.name} (${status})`);
    }
    return pinged;
  }

  private async all(): Promise<Endpoint[]> {
    const policy = await this.parts.policy();
    return Object.keys(policy.endpoints)
      .sort()
      .map((name) => endpointOf(policy, name));
  }

  private async unreached(): Promise<Endpoint[]> {
    return (await this.all()).filter((endpoint) => !this.reached.has(placeOf(endpoint)));
  }

  private async secretCheck({ name, secret }: Endpoint): Promise<ConnectionCheck> {
    const values = await this.parts.secrets(secret);
    const ok = values.some((value) => value.startsWith('whsec_'));
    const detail = ok ? `Requests are signed by ${secret}.` : `No secret ${secret} is stored.`;
    const remedy = 'Set ENDPOINTS_SIGNING_SECRET, or store the secret that the policy names.';
    return { name: `secret of ${name}`, ok, detail, ...(!ok && { remedy }) };
  }

  private async addressCheck({ name, url }: Endpoint): Promise<ConnectionCheck> {
    const { privateOrigins, resolve } = this.parts;
    const { hostname } = new URL(url);
    const isInside = privateOrigins.has(originOf(url) ?? '');
    const lookup = guardedLookup(resolve, isInside ? ['public', 'private'] : ['public']);
    const problem = await new Promise<Error | null>((done) => {
      lookup(hostname.replace(/^\[|\]$/g, ''), { all: true }, done);
    });
    const check = `address of ${name}`;
    if (!problem) return { name: check, ok: true, detail: `${hostname} may be called.` };
    const detail = `${hostname} has no address that may be called.`;
    const remedy = 'Correct the URL; an origin of this network has to be in SIGNALBOX_PRIVATE_ENDPOINTS.';
    return { name: check, ok: false, detail, remedy };
  }
}

function placeOf({ name, url }: Endpoint): string {
  return `${name} ${url}`;
}
