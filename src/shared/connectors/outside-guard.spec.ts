import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BoundedHttp, type TransportFailure } from './bounded-http.js';
import { AddressForbidden } from './connectors.errors.js';
import { outsideConnector, type OutsideRules } from './outside-guard.js';

let server: Server;
let port: number;
let seen: string[];

beforeAll(async () => {
  server = createServer((request, response) => {
    seen.push(String(request.headers.host));
    response.setHeader('connection', 'close');
    if (request.url === '/away') response.writeHead(302, { location: '/here' });
    if (request.url === '/half') {
      response.writeHead(200, { 'content-length': 100 }).write('half', () => response.destroy());
    } else response.end('here');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});
afterAll(() => server.close());
beforeEach(() => (seen = []));

const bounds = { timeoutMs: 1_000, maxBytes: 1_000, connections: 1 };

/** A resolver that answers each time with the next of these. */
function answers(...lists: string[][]): { resolve: NonNullable<OutsideRules['resolve']>; asked: string[] } {
  const asked: string[] = [];
  const resolve = async (hostname: string) => {
    asked.push(hostname);
    const list = lists[Math.min(asked.length, lists.length) - 1] ?? [];
    return list.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  };
  return { resolve, asked };
}

function get(url: string, rules: OutsideRules): Promise<string> {
  const http = new BoundedHttp(bounds, outsideConnector(rules, 500));
  const call = http.call({ url, method: 'GET', headers: {} });
  return call.then(
    ({ status, body }) => `${status} ${body}`,
    (error: TransportFailure & { reason?: string }) =>
      error.code === AddressForbidden.code ? 'forbidden' : `${error.reason} ${error.code}`,
  );
}

describe('a guarded connection to a private address', () => {
  const url = () => `http://endpoint.example.com:${port}/`;

  it('is refused, whether a name leads there or it is written out', async () => {
    const { resolve } = answers(['127.0.0.1']);
    const rules = { allowPrivate: false, resolve };
    expect(await get(`https://endpoint.example.com:${port}/`, rules)).toBe('forbidden');
    for (const host of ['127.0.0.1', '[::1]', '[::ffff:127.0.0.1]', '0x7f.1', '2130706433', 'localhost']) {
      expect(await get(`https://${host}:${port}/`, rules), host).toBe('forbidden');
    }
    expect(await get(url(), rules)).toBe('forbidden');
    expect(seen).toEqual([]);
  });

  it('is made where that is allowed, by the name that was asked for', async () => {
    const { resolve } = answers(['127.0.0.1']);
    expect(await get(url(), { allowPrivate: true, resolve })).toBe('200 here');
    expect(seen).toEqual([`endpoint.example.com:${port}`]);
    expect(await get(`http://127.0.0.1:${port}/`, { allowPrivate: true })).toBe('200 here');
  });

  it('is refused when one of several addresses is of a kind that is not allowed', async () => {
    const mixed = answers(['1.1.1.1', '10.0.0.1']);
    expect(await get('https://mixed.example.com/', { allowPrivate: false, resolve: mixed.resolve })).toBe(
      'forbidden',
    );
    const metadata = answers(['127.0.0.1', '169.254.169.254']);
    expect(await get(url(), { allowPrivate: true, resolve: metadata.resolve })).toBe('forbidden');
    expect(seen).toEqual([]);
  });
});

describe('a name that is resolved twice, differently', () => {
  it('is resolved once for each connection, and the address that was checked is the one that is called', async () => {
    const { resolve, asked } = answers(['127.0.0.1'], ['169.254.169.254']);
    const rules = { allowPrivate: true, resolve };
    expect(await get(`http://rebound.example.com:${port}/`, rules)).toBe('200 here');
    expect(asked).toHaveLength(1);
    expect(await get(`http://rebound.example.com:${port}/`, rules)).toBe('forbidden');
    expect(asked).toHaveLength(2);
    expect(seen).toHaveLength(1);
  });

  it('is refused on the new connection of a client that was allowed the first time', async () => {
    const { resolve } = answers(['127.0.0.1'], ['::1', '169.254.169.254']);
    const http = new BoundedHttp(bounds, outsideConnector({ allowPrivate: true, resolve }, 500));
    const call = () => http.call({ url: `http://rebound.example.com:${port}/`, method: 'GET', headers: {} });
    expect((await call()).status).toBe(200);
    await expect(call()).rejects.toMatchObject({ code: 'CONNECTORS.ADDRESS_FORBIDDEN', kind: 'permanent' });
  });
});

describe('a guarded connection', () => {
  it('in plain HTTP is made to private addresses only', async () => {
    const { resolve } = answers(['1.1.1.1']);
    expect(await get('http://plain.example.com/', { allowPrivate: true, resolve })).toBe('forbidden');
    expect(await get('http://1.1.1.1/', { allowPrivate: true })).toBe('forbidden');
    expect(await get('http://plain.example.com/', { allowPrivate: false, resolve })).toBe('forbidden');
  });

  it('that cannot be opened has certainly sent nothing', async () => {
    const rules = { allowPrivate: true, resolve: answers(['127.0.0.1']).resolve };
    expect(await get('http://closed.example.com:1/', rules)).toBe('not-sent ECONNREFUSED');
    // TLS with a server that speaks none: no request has left.
    expect(await get(`https://plain.example.com:${port}/`, rules)).toMatch(/^not-sent /);
    const nowhere = {
      allowPrivate: true,
      resolve: () => Promise.reject(Object.assign(new Error(), { code: 'ENOTFOUND' })),
    };
    expect(await get('https://nowhere.example.com/', nowhere)).toBe('not-sent ENOTFOUND');
    expect(seen).toEqual([]);
  });

  it('follows no redirect', async () => {
    expect(await get(`http://127.0.0.1:${port}/away`, { allowPrivate: true })).toBe('302 here');
    expect(seen).toHaveLength(1);
  });

  it('tells what an answer began with that was lost', async () => {
    const http = new BoundedHttp(bounds, outsideConnector({ allowPrivate: true }, 500));
    const call = http.call({ url: `http://127.0.0.1:${port}/half`, method: 'GET', headers: {} });
    await expect(call).rejects.toMatchObject({ reason: 'unknown', begun: { status: 200 } });
  });
});
