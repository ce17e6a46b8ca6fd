import { randomUUID } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { DeadLetters } from '../../src/shared/messaging/dead-letters.js';
import { NewsMade } from './sample-flows.js';
import { withProduct } from '../support/product.js';

vi.mock('../../src/flows/index.js', async () => ({ flows: [(await import('./sample-flows.js')).announce] }));

const outbound = withProduct((url) => ({
  SLACK_BASE_URL: `${url}/slack/api`,
  SLACK_BOT_TOKEN: 'xoxb-sandbox',
}));
const { sandbox } = outbound;

interface Held {
  total: number;
  messages: { text: string; threadTs?: string; sequences: string[] }[];
}

const held = async (): Promise<Held> => (await sandbox.admin('GET', '/slack/messages')) as unknown as Held;

function news(given: Partial<NewsMade> = {}): Promise<string> {
  const key = randomUUID();
  const message = new NewsMade({ key, to: 'C0SALES', text: `news ${key}`, how: 'once', ...given });
  return outbound.state(message, `news:${key}`);
}

describe('a step that posts to the chat', () => {
  it('posts once, and answers with what it posted, so that a later step replies in its thread', async () => {
    const event = await news({ how: 'thread' });
    await outbound.runIs(event, 'done');
    const { messages } = await held();
    expect(messages).toHaveLength(2);
    expect(messages[1]).toMatchObject({
      text: 'More of it',
      threadTs: expect.stringMatching(/^\d+\.\d{6}$/),
    });
    const [stated] = await outbound.app.db.database.query<{ n: number }>(
      `select count(*)::int as n from messaging.messages where type = 'outbound.chat-posted.v1'`,
    );
    expect(stated?.n).toBe(2);
    expect(JSON.stringify(await outbound.effects(event))).not.toContain('news ');
  });

  it.each(['reset-after', 'timeout'])(
    'whose answer is lost (%s) leaves exactly one message in the channel',
    async (kind) => {
      await sandbox.admin('POST', '/slack/faults', { match: { path: 'postMessage' }, kind, times: 1 });
      const event = await news();
      await outbound.runIs(event, 'done');
      expect((await held()).total).toBe(1);
      const [effect] = await outbound.effects(event);
      expect(effect).toMatchObject({ state: 'confirmed', summary: expect.stringContaining('found done') });
    },
    40_000,
  );

  it('that is told to wait does, and posts once', async () => {
    const limit = { match: { path: 'postMessage' }, kind: '429', fault: { headers: { 'retry-after': '1' } } };
    await sandbox.admin('POST', '/slack/faults', [
      { ...limit, times: 1 },
      { match: { path: 'postMessage' }, kind: 'internal_error', times: 1 },
    ]);
    await outbound.runIs(await news(), 'done');
    expect((await held()).total).toBe(1);
  });

  it('to a channel that is not there is a dead letter; after the channel was made its retry posts', async () => {
    const event = await news({ to: 'C0LATER' });
    expect(await outbound.runIs(event, 'held')).toMatchObject({ reason: 'OUTBOUND.CHAT_PLACE_UNUSABLE' });
    const [effect] = await outbound.effects(event);
    expect(effect?.state).toBe('failed');
    await sandbox.admin('PUT', '/slack/channels/C0LATER', { name: 'later' });
    await outbound.get(DeadLetters).retry({ ids: [effect?.deliveryId ?? ''] }, 'test');
    await outbound.runIs(event, 'done');
    expect((await held()).total).toBe(1);
  });

  it('is one message for its key, whichever run asks', async () => {
    const key = randomUUID();
    await outbound.runIs(await news({ key, text: 'first words' }), 'done');
    await outbound.runIs(await news({ key, text: 'other words' }), 'done');
    const { total, messages } = await held();
    expect([total, messages[0]?.text]).toEqual([1, 'first words']);
  });
});

describe('the connection of Slack', () => {
  interface Checked {
    ok: boolean;
    checks: { name: string; ok: boolean; detail: string; remedy?: string }[];
  }
  const check = async (): Promise<Checked> =>
    (await outbound.call('POST', '/admin/v1/connections/slack/check')) as unknown as Checked;

  it('says what to do, and that Slack sends nothing', async () => {
    const shown = await outbound.call('GET', '/admin/v1/connections/slack');
    expect(shown).toMatchObject({ title: 'Slack', channel: null, url: null });
    expect(JSON.stringify(shown['steps'])).toContain('chat:write');
  });

  it('is right with a bot that has every scope, and names each that is missing', async () => {
    expect(await check()).toMatchObject({ ok: true });
    await sandbox.admin('PUT', '/slack/scopes', ['chat:write', 'im:write']);
    const { ok, checks } = await check();
    expect(ok).toBe(false);
    expect(checks.filter((one) => !one.ok).map(({ name }) => name)).toEqual([
      'scope channels:history',
      'scope groups:history',
      'scope im:history',
    ]);
    for (const one of checks) expect(one.ok).toBe(one.remedy === undefined);
  });

  it('is wrong with a token that Slack refuses, and does not show it', async () => {
    await sandbox.admin('POST', '/slack/faults', { kind: 'token_revoked' });
    const checked = await check();
    expect(checked.checks).toMatchObject([{ name: 'token', ok: false }]);
    expect(JSON.stringify(checked)).not.toContain('xoxb');
  });
});
