import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { json, withEndpoint } from '../../../../test/support/endpoint-world.js';

const world = withEndpoint();

describe('the answer of an endpoint', () => {
  const carriedOut = { reference: 'sbx-0123', status: 200, body: null, complete: false };

  it('of 2 MB has said that the call was carried out, and is not kept', async () => {
    world.answer = (_request, response) => json(response, 200, { padding: 'x'.repeat(2_000_000) });
    expect(await world.send()).toEqual(carriedOut);
  });

  it('that never ends is left at the deadline', async () => {
    world.answer = (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).write('{"padding":"');
      const drip = setInterval(() => response.write('x'), 50);
      response.on('close', () => clearInterval(drip));
    };
    const began = performance.now();
    expect(await world.send()).toEqual(carriedOut);
    expect(performance.now() - began).toBeLessThan(3_000);
  });

  it('that is a bomb is not unpacked', async () => {
    const bomb = gzipSync(Buffer.alloc(20_000_000, 0x20));
    expect(bomb.length).toBeLessThan(100_000);
    world.answer = (_request, response) =>
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(bomb);
    expect(await world.send()).toEqual(carriedOut);
  });

  it('that was cut off has said the same', async () => {
    world.answer = (_request, response) => {
      response.writeHead(201, { 'content-length': 100 }).write('half', () => response.destroy());
    };
    expect(await world.send()).toEqual({ ...carriedOut, status: 201 });
  });

  it.each([
    ['nothing', '', {}, null, true],
    ['a text', 'ok', { 'content-type': 'text/plain' }, 'ok', true],
    ['a long text', 'x'.repeat(20_000), { 'content-type': 'text/plain' }, 'x'.repeat(10_000), false],
    ['broken JSON', '{', { 'content-type': 'application/json' }, null, false],
    [
      'JSON of another name',
      '[1]',
      { 'content-type': 'application/vnd.example+json; charset=utf-8' },
      [1],
      true,
    ],
    [
      'JSON that reaches for a prototype',
      '{"__proto__":{}}',
      { 'content-type': 'application/json' },
      null,
      false,
    ],
    [
      'JSON in 100 layers',
      '['.repeat(100) + ']'.repeat(100),
      { 'content-type': 'application/json' },
      null,
      false,
    ],
    [
      'more than is kept',
      JSON.stringify(['x'.repeat(70_000)]),
      { 'content-type': 'application/json' },
      null,
      false,
    ],
  ])('of %s', async (_, text, headers, body, complete) => {
    world.answer = (_request, response) => response.writeHead(200, headers).end(text);
    expect(await world.send()).toMatchObject({ status: 200, body, complete });
  });

  it('is the part that the policy points at', async () => {
    world.answer = (_request, response) =>
      json(response, 200, { order: { id: 'o-7' }, rest: 'x'.repeat(70_000) });
    expect(await world.send({ resultPointer: '/order/id' })).toMatchObject({ body: 'o-7', complete: true });
    expect(await world.send({ resultPointer: '/order/number' })).toMatchObject({
      body: null,
      complete: false,
    });
  });
});
