import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import {
  call,
  failure,
  json,
  withEndpoint,
  type SeenRequest,
} from '../../../../test/support/endpoint-world.js';
import { endpointOf } from '../domain/http-endpoint.js';

const world = withEndpoint();

describe('a call of an endpoint', () => {
  it('is signed by both secrets, under a key, with what the policy adds', async () => {
    const result = await world.send({ headers: { 'x-tenant': 'eu-1' } });
    expect(result).toEqual({ reference: 'sbx-0123', status: 200, body: { id: 'o-7' }, complete: true });
    const [{ headers, body }] = world.seen as [SeenRequest];
    expect(headers).toMatchObject({
      ...{ 'idempotency-key': 'sbx-0123', 'webhook-id': 'sbx-0123', 'x-tenant': 'eu-1' },
      ...{
        'accept-encoding': 'identity',
        'content-type': 'application/json',
        'webhook-timestamp': '1795176010',
      },
    });
    expect(JSON.parse(body)).toEqual({
      ...{ type: 'signalbox.call', timestamp: '2026-11-20T12:00:00.000Z', data: { order: 7 } },
      resume: { key: 'sbx-0123' },
    });
    for (const secret of world.secrets) {
      const signature = new Webhook(secret).sign('sbx-0123', world.now, body);
      expect(String(headers['webhook-signature']).split(' ')).toContain(signature);
    }
  });

  it('differs between attempts in nothing but its signature', async () => {
    await world.send();
    await world.endpoints.call(
      endpointOf({ endpoints: { orders: { url: `${world.origin}/orders` } } }, 'orders'),
      call,
      new Date(),
    );
    const [first, second] = world.seen as [SeenRequest, SeenRequest];
    expect(second.body).toBe(first.body);
    expect(second.headers['idempotency-key']).toBe(first.headers['idempotency-key']);
    expect(second.headers['webhook-signature']).not.toBe(first.headers['webhook-signature']);
  });

  it('is not made without a secret of the right form, nor with too much to send', async () => {
    for (const values of [[], ['not-a-webhook-secret']]) {
      world.connect({ secrets: async () => values });
      expect((await failure(world.send())).code).toBe('OUTBOUND.ENDPOINT_SECRET_MISSING');
    }
    world.connect();
    const large = { order: 7, text: 'x'.repeat(70_000) };
    expect((await failure(world.send({}, { data: large }))).code).toBe('OUTBOUND.ENDPOINT_REQUEST_INVALID');
    const endless: { order: number; self?: object } = { order: 7 };
    endless.self = endless;
    expect((await failure(world.send({}, { data: endless }))).code).toBe('OUTBOUND.ENDPOINT_REQUEST_INVALID');
    expect(world.seen).toEqual([]);
  });

  it.each([
    [400, {}, 'OUTBOUND.ENDPOINT_REFUSED', 'permanent'],
    [401, {}, 'OUTBOUND.ENDPOINT_UNAUTHORIZED', 'transient'],
    [403, {}, 'OUTBOUND.ENDPOINT_REFUSED', 'permanent'],
    [408, {}, 'OUTBOUND.ENDPOINT_BUSY', 'transient'],
    [409, {}, 'OUTBOUND.ENDPOINT_REFUSED', 'permanent'],
    [410, {}, 'OUTBOUND.ENDPOINT_REFUSED', 'permanent'],
    [422, {}, 'OUTBOUND.ENDPOINT_REFUSED', 'permanent'],
    [425, {}, 'OUTBOUND.ENDPOINT_BUSY', 'transient'],
    [429, { 'retry-after': '7' }, 'OUTBOUND.ENDPOINT_RATE_LIMITED', 'transient'],
    [500, {}, 'OUTBOUND.ENDPOINT_OUTCOME_UNKNOWN', 'uncertain'],
    [502, {}, 'OUTBOUND.ENDPOINT_OUTCOME_UNKNOWN', 'uncertain'],
    [503, {}, 'OUTBOUND.ENDPOINT_OUTCOME_UNKNOWN', 'uncertain'],
    [503, { 'retry-after': '7' }, 'OUTBOUND.ENDPOINT_BUSY', 'transient'],
    [504, {}, 'OUTBOUND.ENDPOINT_OUTCOME_UNKNOWN', 'uncertain'],
  ])('answered with %s %o is %s', async (status, headers, code, kind) => {
    world.answer = (_request, response) => json(response, status, { error: 'Ada Lovelace' }, headers);
    const error = await failure(world.send());
    expect([error.code, error.kind, error.details['status']]).toEqual([code, kind, status]);
    if ('retry-after' in headers) expect(error.retryAfterMs).toBe(7_000);
    expect(JSON.stringify([error.message, error.details])).not.toContain('Ada');
  });

  it('answered with 409 where keys are honoured is under way', async () => {
    world.answer = (_request, response) => json(response, 409, {});
    expect((await failure(world.send({ honoursKeyHours: 24 }))).code).toBe('OUTBOUND.ENDPOINT_BUSY');
  });

  it.each([301, 302, 303, 307, 308])('answered with %s is not made anywhere else', async (status) => {
    world.answer = (_request, response) =>
      response.writeHead(status, { location: `${world.origin}/latest/meta-data/` }).end('elsewhere');
    const error = await failure(world.send());
    expect([error.code, error.kind]).toEqual(['OUTBOUND.ENDPOINT_REDIRECTED', 'permanent']);
    expect(world.seen.map(({ url }) => url)).toEqual(['/orders']);
    expect(JSON.stringify(error.details)).not.toContain('meta-data');
  });

  it('that gets no answer may have been carried out; one that never left was not', async () => {
    world.answer = () => undefined;
    expect(await failure(world.send())).toMatchObject({
      code: 'OUTBOUND.ENDPOINT_OUTCOME_UNKNOWN',
      kind: 'uncertain',
    });
    world.answer = (request) => request.socket.destroy();
    expect(await failure(world.send())).toMatchObject({
      code: 'OUTBOUND.ENDPOINT_OUTCOME_UNKNOWN',
      kind: 'uncertain',
    });
    world.connect({ privateOrigins: new Set(['http://127.0.0.1:1']) });
    const refused = await failure(world.send({ url: 'http://127.0.0.1:1/' }));
    expect([refused.code, refused.kind]).toEqual(['OUTBOUND.ENDPOINT_UNAVAILABLE', 'transient']);
  });
});

describe('where an endpoint is', () => {
  it('is nowhere in this network, unless its origin may be', async () => {
    world.connect({ privateOrigins: new Set() });
    const port = new URL(world.origin).port;
    for (const url of [
      `${world.origin}/`,
      `https://127.0.0.1:${port}/`,
      `https://localhost:${port}/`,
      'https://[::1]/',
    ])
      expect((await failure(world.send({ url }))).code, url).toBe('CONNECTORS.ADDRESS_FORBIDDEN');
    expect(world.seen).toEqual([]);
  });

  it('is what its name leads to when it is called: one that changes gains nothing', async () => {
    const lists = [['93.184.216.34', '127.0.0.1'], ['127.0.0.1'], ['169.254.169.254'], ['fd00::1']];
    for (const addresses of lists) {
      const resolve = async () =>
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
      world.connect({ privateOrigins: new Set(), resolve });
      const url = `https://hooks.example.com:${new URL(world.origin).port}/`;
      expect((await failure(world.send({ url }))).code, String(addresses)).toBe(
        'CONNECTORS.ADDRESS_FORBIDDEN',
      );
    }
    // A private origin may be private, and is no cloud's metadata.
    const resolve = async () => [{ address: '169.254.169.254', family: 4 }];
    world.connect({ privateOrigins: new Set(['http://n8n:5678']), resolve });
    expect((await failure(world.send({ url: 'http://n8n:5678/' }))).code).toBe(
      'CONNECTORS.ADDRESS_FORBIDDEN',
    );
    expect(world.seen).toEqual([]);
  });
});

describe('an endpoint that is down or asks to wait', () => {
  it('holds up no other, nor their lane', async () => {
    world.answer = (request, response) => json(response, request.url === '/orders' ? 500 : 200, {});
    for (let n = 0; n < 5; n += 1) await failure(world.send());
    expect((await failure(world.send())).code).toBe('CONNECTORS.BREAKER_OPEN');
    expect(world.seen).toHaveLength(5);
    expect(world.gates.closedFor('http')).toBe(0);
    const other = endpointOf({ endpoints: { other: { url: `${world.origin}/other` } } }, 'other');
    expect((await world.endpoints.call(other, call, world.now)).status).toBe(200);
  });

  it('is left alone for as long as it says, by all processes', async () => {
    world.answer = (_request, response) => json(response, 429, {}, { 'retry-after': '7' });
    await failure(world.send());
    expect(world.rates.holds).toEqual([['http:orders', 7_000]]);
    expect(world.rates.limits).toEqual([['http:orders', 10]]);
  });

  it('at another address is another endpoint', async () => {
    world.answer = (request, response) => json(response, request.url === '/orders' ? 500 : 200, {});
    for (let n = 0; n < 5; n += 1) await failure(world.send());
    expect((await world.send({ url: `${world.origin}/moved` })).status).toBe(200);
  });
});
