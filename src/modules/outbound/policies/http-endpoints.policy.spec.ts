import { describe, expect, it } from 'vitest';
import { PolicyStore } from '../../../shared/policies/policy-store.js';
import type { Database } from '../../../shared/database/database.js';
import { endpointOf, valueAt } from '../domain/http-endpoint.js';
import { httpEndpointsPolicy } from './http-endpoints.policy.js';

const none = { query: async () => [] } as unknown as Database;
const url = 'https://hooks.example.com/orders';

async function problemOf(entry: object, name = 'orders'): Promise<string | undefined> {
  const store = new PolicyStore(none);
  await store.install([httpEndpointsPolicy(new Set(['http://n8n:5678']))]);
  try {
    store.check('http-endpoints', { endpoints: { [name]: entry } });
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

describe('the policy http-endpoints', () => {
  it('takes an endpoint with all that can be said of it', async () => {
    const entry = {
      ...{ url, secret: 'endpoints.orders', honoursKeyHours: 24, timeoutMs: 2_000, perSecond: 5 },
      ...{ resultPointer: '/order/~1id', headers: { 'x-tenant': 'eu-1' } },
    };
    expect(await problemOf(entry)).toBeUndefined();
    expect(await problemOf({ url: 'http://n8n:5678/webhook/7' })).toBeUndefined();
  });

  it.each([
    [
      'a private address',
      { url: 'https://192.168.1.1/' },
      'the url of orders is an address that is not public',
    ],
    ['plain http', { url: 'http://hooks.example.com/' }, 'the url of orders is not of https'],
    ['a secret of another connector', { url, secret: 'hubspot.access-token' }, '/endpoints/orders/secret'],
    ['a header that signs', { url, headers: { 'webhook-signature': 'v1,x' } }, '/endpoints/orders/headers'],
    ['a credential', { url, headers: { authorization: 'Bearer x' } }, '/endpoints/orders/headers'],
    ['a header with a line break', { url, headers: { 'x-a': 'b\r\nhost: c' } }, '/endpoints/orders/headers'],
    ['more time than a lease leaves', { url, timeoutMs: 60_000 }, '/endpoints/orders/timeoutMs'],
    ['a pointer that is none', { url, resultPointer: 'order.id' }, '/endpoints/orders/resultPointer'],
    ['what it does not know', { url, method: 'GET' }, 'method'],
  ])('refuses %s', async (_, entry, problem) => {
    expect(await problemOf(entry)).toContain(problem);
  });

  it('refuses a name that no address could have', async () => {
    expect(await problemOf({ url }, 'Orders!')).toContain('/endpoints');
  });

  it('knows no endpoint that it does not name, whatever objects have by themselves', () => {
    for (const name of ['other', 'constructor', '__proto__'])
      expect(() => endpointOf({ endpoints: { orders: { url } } }, name)).toThrow(
        expect.objectContaining({ code: 'OUTBOUND.ENDPOINT_UNKNOWN' }),
      );
  });

  it('points into an answer by RFC 6901', () => {
    const answer = { 'a/b': [{ '~': 1 }], '': 2 };
    expect(
      ['', '/a~1b/0/~0', '/', '/a~1b/1', '/constructor', '/a~1b/length/x'].map((p) => valueAt(answer, p)),
    ).toEqual([answer, 1, 2, undefined, undefined, undefined]);
  });
});
