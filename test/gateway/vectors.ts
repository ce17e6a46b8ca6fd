import { existsSync, readFileSync } from 'node:fs';
import { expect, it, describe } from 'vitest';
import type { Channel, InboundRequest } from '../../src/modules/intake/channels/channel.js';

/** A signed request with the verdict that a faithful receiver gives. */
export interface Vector {
  readonly id: string;
  readonly scheme: string;
  readonly secret?: string;
  readonly secrets?: readonly string[];
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly bodyBase64?: string;
  readonly bodyFile?: string;
  readonly now: number;
  readonly valid: boolean;
  readonly basis: string;
}

export interface VectorOptions {
  /** Of the vectors' file, by the provider's folder. */
  readonly provider: string;
  readonly schemes: readonly string[];
  readonly channel: Channel;
  /** What the vector's secret is for the channel; by default its first secret. */
  readonly secretsOf?: (vector: Vector) => Readonly<Record<string, readonly string[]>>;
  /** Vectors that are about something else than the signature, with the reason. */
  readonly except?: Readonly<Record<string, string>>;
}

/** All vectors with a firm basis, verified by the channel as the gateway does it; left out without `../shared`. */
export function verifiesVectors({ provider, schemes, channel, secretsOf, except = {} }: VectorOptions): void {
  const folder = new URL(`../../../shared/providers/${provider}/`, import.meta.url);
  const file = new URL('vectors.json', folder);
  const isThere = existsSync(file);
  const all = isThere ? (JSON.parse(readFileSync(file, 'utf8')) as { vectors: Vector[] }).vectors : [];
  const firm = all.filter(({ scheme, basis }) => schemes.includes(scheme) && basis !== 'policy-uncertain');
  describe.skipIf(!isThere)(`the vectors of ${channel.title} (skipped without ../shared)`, () => {
    it('are there', () => expect(firm.length).toBeGreaterThan(0));
    it.each(firm.filter(({ id }) => !(id in except)))('$id is valid: $valid', async (vector) => {
      const given = secretsOf?.(vector) ?? {
        [channel.secrets[0]]: vector.secrets ?? [vector.secret ?? ''],
      };
      const verdict = Promise.resolve().then(() =>
        channel.verify(requestOf(vector, folder), (name) => given[name] ?? []),
      );
      if (vector.valid) expect(await verdict).toBeDefined();
      else await expect(verdict).rejects.toMatchObject({ kind: 'unauthenticated' });
    });
  });
}

/** The request of a vector as it reaches a channel. */
export function requestOf(vector: Vector, folder: URL): InboundRequest {
  const { method, url, now } = vector;
  return {
    ...{ method: method as InboundRequest['method'], source: '', url, ip: '127.0.0.1' },
    headers: Object.fromEntries(
      Object.entries(vector.headers).map(([name, value]) => [name.toLowerCase(), value]),
    ),
    body: bodyOf(vector, folder),
    traceparent: '00-0123456789abcdef0123456789abcdef-0123456789abcdef-01',
    receivedAt: new Date(now),
  };
}

function bodyOf({ body, bodyBase64, bodyFile }: Vector, folder: URL): Buffer {
  if (body !== undefined) return Buffer.from(body);
  if (bodyBase64 !== undefined) return Buffer.from(bodyBase64, 'base64');
  return readFileSync(new URL(bodyFile ?? '', folder));
}
