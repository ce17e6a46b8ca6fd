import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Channel } from '../../src/modules/intake/channels/channel.js';
import { noSecret } from '../../src/modules/intake/channels/channel.js';
import { channelClasses } from '../../src/modules/intake/channels/index.js';
import { NotDurable } from '../../src/modules/intake/intake.errors.js';
import { AcceptRequests } from '../../src/modules/intake/use-cases/accept-requests.js';
import { ChannelDriver, previousSecrets, wrongSecrets } from './channel-driver.js';

let driver: ChannelDriver;
let channels: ReadonlyMap<string, Channel>;
beforeAll(async () => {
  driver = await ChannelDriver.start();
  channels = new Map(driver.channels.map((channel) => [channel.constructor.name, channel]));
});
afterAll(() => driver.close());

/** Channels that know their sender by a password or token: the body is not part of what is proven. */
const unsigned = ['postmark', 'sendgrid', 'mailgun', 'mail', 'alertmanager', 'html-form'];

async function leavesNothing(send: () => Promise<unknown>): Promise<void> {
  const before = await driver.counts();
  await send();
  expect(await driver.counts()).toEqual(before);
}

// Each channel that is registered passes all of it: nothing is to be added here for a new one.
describe.each(channelClasses.map(({ name }) => name))('%s', (className) => {
  const it_ = (what: string, run: (channel: Channel) => Promise<void>): void =>
    it(what, () => run(channels.get(className) as Channel));

  it_('takes what is genuine, once', async (channel) => {
    const before = await driver.counts();
    const signed = driver.genuine(channel);
    const first = await driver.send(channel, signed);
    expect(first.status).toBe(channel.answer.taken);
    const after = await driver.counts();
    expect(after.messages, 'events').toBeGreaterThan(before.messages);
    expect(after.bodies).toBe(before.bodies + 1);
    const second = await driver.send(channel, signed);
    expect(second.status).toBe(channel.answer.taken);
    expect(await driver.counts()).toEqual(after);
    if (channel.answer.body === 'none') expect([first.body, second.body]).toEqual(['', '']);
    else expect(JSON.parse(second.body)).toEqual({ id: JSON.parse(first.body).id, duplicate: true });
    expect(first.headers['set-cookie']).toBeUndefined();
  });

  it_('makes one of what comes fifty times at once', async (channel) => {
    const before = await driver.counts();
    const signed = driver.genuine(channel);
    const answers = await Promise.all(Array.from({ length: 50 }, () => driver.send(channel, signed)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([channel.answer.taken]));
    expect((await driver.counts()).bodies).toBe(before.bodies + 1);
  });

  it_('takes what comes again after it could not be made durable', async (channel) => {
    const acceptor = driver.app.app.get(AcceptRequests, { strict: false });
    const signed = driver.genuine(channel);
    const failing = vi.spyOn(acceptor, 'accept').mockRejectedValueOnce(NotDurable());
    await leavesNothing(async () => {
      const refused = await driver.send(channel, signed);
      expect(refused.status).toBe(503);
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    });
    failing.mockRestore();
    const before = await driver.counts();
    expect((await driver.send(channel, signed)).status).toBe(channel.answer.taken);
    expect((await driver.counts()).bodies).toBe(before.bodies + 1);
  });

  it_('refuses what is signed with a wrong secret, and leaves nothing', async (channel) => {
    if (channel.secrets[0] === noSecret) return;
    await leavesNothing(async () => {
      const forged = driver.sign(channel, driver.example(channel), { secrets: wrongSecrets });
      expect((await driver.send(channel, forged)).status).toBe(401);
    });
  });

  it_('refuses what was changed after it was signed', async (channel) => {
    if (unsigned.includes(channel.name)) return;
    await leavesNothing(async () => {
      const { body, ...rest } = driver.genuine(channel);
      const changed = Buffer.from(body);
      changed[changed.length - 3] = (changed[changed.length - 3] ?? 0) ^ 1;
      expect((await driver.send(channel, { ...rest, body: changed })).status).toBe(401);
    });
  });

  it_('refuses what is not signed at all', async (channel) => {
    if (channel.secrets[0] === noSecret) return;
    await leavesNothing(async () => {
      const draft = driver.example(channel);
      expect((await driver.send(channel, { ...draft, headers: {} })).status).toBe(401);
    });
  });

  it_('refuses what is too old or of the future', async (channel) => {
    if (channel.replayWindow === undefined) return;
    await leavesNothing(async () => {
      const window = (channel.replayWindow ?? 0) * 1000;
      for (const distance of [-window - 2_000, window + 5_000]) {
        const now = new Date(Date.now() + distance);
        const stale = driver.sign(channel, driver.example(channel, now), { now });
        expect((await driver.send(channel, stale)).status).toBe(401);
      }
    });
  });

  it_('takes the secret before during a rotation', async (channel) => {
    if (channel.secrets[0] === noSecret) return;
    const signed = driver.sign(channel, driver.example(channel), { secrets: previousSecrets });
    expect((await driver.send(channel, signed)).status).toBe(channel.answer.taken);
  });

  it_('reads headers whatever their case', async (channel) => {
    const signed = driver.genuine(channel);
    const upper = Object.fromEntries(
      Object.entries(signed.headers).map(([name, value]) => [name.toUpperCase(), value]),
    );
    const answer = await driver.send(channel, { ...signed, headers: upper });
    expect(answer.status).toBe(channel.answer.taken);
  });

  it_('refuses other media types, charsets and encodings, and leaves nothing', async (channel) => {
    await leavesNothing(async () => {
      const signed = driver.genuine(channel);
      const [type = ''] = signed.contentType.split(';');
      for (const [name, value] of [
        ['content-type', 'application/x-unheard-of'],
        ['content-type', `${type}; charset=utf-16`],
        ['content-encoding', 'gzip'],
      ] as const) {
        expect((await driver.send(channel, signed, { [name]: value })).status, value).toBe(415);
      }
      const bomb = gzipSync(Buffer.alloc(20 * 1024 * 1024));
      const packed = { ...driver.sign(channel, { ...signed, body: bomb }), body: bomb };
      expect((await driver.send(channel, packed, { 'content-encoding': 'gzip' })).status).toBe(415);
    });
  });

  it_('is not upset by odd bodies that are signed', async (channel) => {
    const { contentType } = driver.example(channel);
    const odd: Readonly<Record<string, Buffer>> = {
      empty: Buffer.alloc(0),
      'only a byte order mark': Buffer.from('\ufeff'),
      'a byte order mark before it': Buffer.concat([Buffer.from('\ufeff'), driver.example(channel).body]),
      'deep JSON': Buffer.from(`${'[{"a":'.repeat(50_000)}1${'}]'.repeat(50_000)}`),
      'wide JSON': Buffer.from(`[${'{"a":1},'.repeat(60_000)}1]`),
      'JSON null': Buffer.from('null'),
      'JSON text': Buffer.from('"text"'),
      'a prototype': Buffer.from('{"__proto__":{"polluted":true},"constructor":{"prototype":{}}}'),
      'no UTF-8': Buffer.from([0x7b, 0xff, 0xfe, 0x7d]),
      'NUL and half a surrogate': Buffer.from('{"id":"\\u0000","type":"\\ud800","data":{}}'),
    };
    for (const [what, body] of Object.entries(odd)) {
      const answer = await driver.send(channel, driver.sign(channel, { contentType, body }));
      expect(answer.status, `${what}: ${answer.body}`).toBeLessThan(500);
    }
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it_('keeps or refuses texts that PostgreSQL does not store, and never fails for them', async (channel) => {
    const draft = driver.example(channel);
    const text = draft.body.toString();
    if (!draft.contentType.startsWith('application/') || !text.includes('"')) return;
    // Every text of a genuine body, one after the other, with a NUL and half a surrogate pair at its end.
    const ends = [...text.matchAll(/":\s*"[^"\\]*(?=")/g)].map(({ index, 0: found }) => index + found.length);
    for (const end of ends.slice(0, 60)) {
      const body = Buffer.from(`${text.slice(0, end)}\\u0000\\ud800${text.slice(end)}`);
      const answer = await driver.send(channel, driver.sign(channel, { ...draft, body }));
      expect(answer.status, body.toString()).toBeLessThan(500);
    }
  });

  it_('refuses what is larger than it takes', async (channel) => {
    const { path } = driver.pathOf(channel);
    const limit = path.startsWith('/webhooks/email') ? 36 : path.startsWith('/webhooks/whatsapp') ? 3 : 1;
    await leavesNothing(async () => {
      const signed = driver.genuine(channel);
      const large = { ...signed, body: Buffer.alloc(limit * 1024 * 1024 + 1, 0x20) };
      // The connection may be closed before all of it was sent: then there is no answer to read.
      const status = await driver.send(channel, large).then(
        (answer) => answer.status,
        () => 413,
      );
      expect(status).toBe(413);
    });
  });

  it_('never fails, and what it refuses leaves no row, whatever is sent', async (channel) => {
    const { contentType } = driver.example(channel);
    const bytes = fc.oneof(fc.string({ unit: 'binary', maxLength: 400 }), fc.json({ maxDepth: 4 }));
    const header = fc.string({ maxLength: 60 }).map((text) => text.replace(/[^\x21-\x7e]/g, 'x'));
    await fc.assert(
      fc.asyncProperty(bytes, fc.boolean(), header, async (text, isSigned, junk) => {
        const draft = { contentType, body: Buffer.from(text) };
        const signed = driver.sign(channel, draft);
        const spoilt = Object.fromEntries(Object.keys(signed.headers).map((name) => [name, junk]));
        const before = await driver.counts();
        const answer = await driver.send(channel, isSigned ? signed : { ...draft, headers: spoilt });
        expect(answer.status, answer.body).toBeLessThan(500);
        if ([401, 403, 404, 415].includes(answer.status)) expect(await driver.counts()).toEqual(before);
      }),
      { numRuns: 25 },
    );
  });
});

it('without secrets every channel that needs one is closed', async () => {
  const closed = await ChannelDriver.start({ FORMS_SIGNING_SECRET: '', HUBSPOT_ACCESS_TOKEN: 'x' });
  try {
    for (const channel of closed.channels) {
      if (channel.secrets[0] === noSecret) continue;
      const answer = await closed.send(channel, closed.genuine(channel));
      expect(answer.status, channel.name).toBe(channel.answer.closed ?? 404);
    }
  } finally {
    await closed.close();
  }
});

it('a sender that is too slow is told so, on every channel', { timeout: 30_000 }, async () => {
  const impatient = await ChannelDriver.start({ SIGNALBOX_REQUEST_SECONDS: '1' });
  try {
    const { hostname, port } = new URL(impatient.app.url);
    const heads = await Promise.all(
      impatient.channels.map((channel) => {
        const { path } = impatient.pathOf(channel);
        const head = `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{`;
        return firstLine(hostname, Number(port), head);
      }),
    );
    expect(new Set(heads)).toEqual(new Set(['HTTP/1.1 408 Request Timeout']));
  } finally {
    await impatient.close();
  }
});

function firstLine(host: string, port: number, head: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, host, () => socket.write(head));
    socket.once('data', (chunk) => {
      resolve(chunk.toString().split('\r\n', 1)[0] ?? '');
      socket.destroy();
    });
    socket.once('error', reject);
  });
}
