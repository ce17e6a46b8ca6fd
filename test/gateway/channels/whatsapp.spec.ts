import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WhatsappChannel } from '../../../src/modules/intake/channels/whatsapp.channel.js';
import { channelEnvironment, ChannelDriver } from '../channel-driver.js';
import { inboundRequest } from '../requests.js';
import { verifiesVectors } from '../vectors.js';

const channel = new WhatsappChannel();

verifiesVectors({ provider: 'whatsapp', schemes: ['meta.sha256'], channel });

describe('the signature', () => {
  const body = Buffer.from('{}');
  const secrets = (name: string): string[] => (name === 'whatsapp.app-secret' ? ['new', 'old'] : ['token']);
  const signed = channel.sign(
    { contentType: 'application/json', body },
    { secrets, now: new Date(0), url: '', id: '1' },
  );
  const given = `${signed.headers['x-hub-signature-256']}`;
  it.each([
    ['upper case', given.toUpperCase().replace('SHA256', 'sha256')],
    ['a blank before it', ` ${given}`],
    ['another one beside it', `${given}, ${given}`],
    ['only a part of it', given.slice(0, -2)],
    ['nothing but its name', 'sha256='],
  ])('is refused with %s', (_what, header) => {
    const request = inboundRequest(body, { headers: { 'x-hub-signature-256': header } });
    expect(() => channel.verify(request, secrets)).toThrow(
      expect.objectContaining({ kind: 'unauthenticated' }),
    );
  });

  it('is refused where there is no secret', () => {
    const request = inboundRequest(body, { headers: signed.headers });
    expect(channel.verify(request, secrets)).toEqual({});
    expect(() => channel.verify(request, () => [])).toThrow(
      expect.objectContaining({ kind: 'unauthenticated' }),
    );
  });
});

describe('the handshake', () => {
  const tokens = (name: string): string[] => (name === 'whatsapp.verify-token' ? ['new-token', 'token'] : []);
  const greet = (query: string): string =>
    channel.greet(inboundRequest('', { method: 'GET', url: `https://hooks.example.com/?${query}` }), tokens);
  const asked = (challenge: string): string =>
    `hub.mode=subscribe&hub.verify_token=token&hub.challenge=${challenge}`;

  it('gives the challenge back as it is, for each token that is valid', () => {
    expect(greet(asked('0012'))).toBe('0012');
    expect(greet('hub.mode=subscribe&hub.verify_token=new-token&hub.challenge=%22a%20b+c')).toBe('"a b c');
    expect(greet(asked('x'.repeat(200)))).toHaveLength(200);
  });

  it.each([
    ['nothing', ''],
    ['another token', 'hub.mode=subscribe&hub.verify_token=other&hub.challenge=1'],
    ['an empty token', 'hub.mode=subscribe&hub.verify_token=&hub.challenge=1'],
    ['no token', 'hub.mode=subscribe&hub.challenge=1'],
    ['another mode', 'hub.mode=unsubscribe&hub.verify_token=token&hub.challenge=1'],
    ['no challenge', 'hub.mode=subscribe&hub.verify_token=token'],
    ['an empty challenge', asked('')],
    ['a challenge that is too long', asked('x'.repeat(201))],
    ['two tokens', `${asked('1')}&hub.verify_token=token`],
    ['two modes', `${asked('1')}&hub.mode=subscribe`],
    ['two challenges', `${asked('1')}&hub.challenge=2`],
    ['names as lists', 'hub.mode[]=subscribe&hub.verify_token[]=token&hub.challenge[]=1'],
  ])('refuses %s', (_what, query) => {
    expect(() => greet(query)).toThrow(expect.objectContaining({ code: 'INTAKE.NOT_ALLOWED' }));
  });

  it('refuses all where there is no token', () => {
    const request = inboundRequest('', { url: 'https://hooks.example.com/' });
    expect(() => channel.greet(request, tokens)).toThrow(expect.objectContaining({ kind: 'forbidden' }));
    const asking = { ...request, url: `${request.url}?hub.mode=subscribe&hub.challenge=1&hub.verify_token=` };
    expect(() => channel.greet(asking, () => [])).toThrow(expect.objectContaining({ kind: 'forbidden' }));
  });
});

interface Handshake {
  readonly verifyToken: string;
  readonly cases: readonly {
    readonly id: string;
    readonly query: string;
    readonly expectStatus: number | readonly number[];
    readonly expectBody?: string;
  }[];
}

const file = new URL('../../../../shared/providers/whatsapp/handshake.json', import.meta.url);
const isThere = existsSync(file);
const handshake = isThere ? (JSON.parse(readFileSync(file, 'utf8')) as Handshake) : undefined;
const verifyToken = handshake?.verifyToken ?? 'a-verify-token-of-ours';

describe('the handshake over HTTP', () => {
  let driver: ChannelDriver;
  beforeAll(async () => {
    driver = await ChannelDriver.start({ ...channelEnvironment, WHATSAPP_VERIFY_TOKEN: verifyToken });
  });
  afterAll(() => driver.close());
  const ask = (query: string): Promise<Response> => fetch(`${driver.app.url}/webhooks/whatsapp?${query}`);

  it('is answered with the bare challenge as text', async () => {
    const answer = await ask(`hub.mode=subscribe&hub.challenge=00123&hub.verify_token=${verifyToken}`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(await answer.text()).toBe('00123');
  });

  it('with another token is refused, and the challenge is not given back', async () => {
    const answer = await ask('hub.mode=subscribe&hub.challenge=00123&hub.verify_token=another-token');
    expect(answer.status).toBe(403);
    expect(await answer.text()).not.toContain('00123');
  });

  it.skipIf(!isThere).each(handshake?.cases ?? [])(
    "$id of the provider's cases (skipped without ../shared)",
    async ({ query, expectStatus, expectBody }) => {
      const answer = await ask(query);
      expect([expectStatus].flat()).toContain(answer.status);
      if (expectBody !== undefined) expect(await answer.text()).toBe(expectBody);
    },
  );
});
