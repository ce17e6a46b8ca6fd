import { beforeEach, describe, expect, it } from 'vitest';
import { SlackWorld } from '../../../../test/support/slack-world.js';
import { withSandbox } from '../../../../test/support/sandbox-under-test.js';
import { CodedError } from '../../../shared/kernel/coded-error.js';
import type { ChatPost } from './chat.js';
import { chatConformance } from './conformance-chat.js';

const sandbox = withSandbox();

describe('SlackChat, as every adapter', () => {
  it.each(chatConformance)('$name', async ({ run }) => run(new SlackWorld(sandbox)));
});

const post: ChatPost = {
  ...{ to: 'C0SALES', text: 'one', blocks: [], threadOf: undefined },
  ...{ reference: 'sbx-one', plannedAt: new Date() },
};

async function failure(promise: Promise<unknown>): Promise<CodedError> {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof CodedError)) throw new Error(`expected a coded error, got ${String(error)}`);
  return error;
}

describe('what Slack refuses', () => {
  let world: SlackWorld;
  beforeEach(() => (world = new SlackWorld(sandbox)));

  it.each([
    ['channel_not_found', 'OUTBOUND.CHAT_PLACE_UNUSABLE', 'permanent'],
    ['not_in_channel', 'OUTBOUND.CHAT_PLACE_UNUSABLE', 'permanent'],
    ['is_archived', 'OUTBOUND.CHAT_PLACE_UNUSABLE', 'permanent'],
    ['msg_too_long', 'OUTBOUND.CHAT_REJECTED', 'permanent'],
    ['invalid_blocks', 'OUTBOUND.CHAT_REJECTED', 'permanent'],
    ['ratelimited', 'OUTBOUND.CHAT_RATE_LIMITED', 'transient'],
    ['429', 'OUTBOUND.CHAT_RATE_LIMITED', 'transient'],
    ['internal_error', 'OUTBOUND.CHAT_OUTCOME_UNKNOWN', 'transient'],
    ['service_unavailable', 'OUTBOUND.CHAT_UNAVAILABLE', 'transient'],
    ['500', 'OUTBOUND.CHAT_OUTCOME_UNKNOWN', 'transient'],
    ['502-html', 'OUTBOUND.CHAT_OUTCOME_UNKNOWN', 'transient'],
    ['reset-before', 'OUTBOUND.CHAT_OUTCOME_UNKNOWN', 'transient'],
    ['timeout', 'OUTBOUND.CHAT_OUTCOME_UNKNOWN', 'transient'],
    ['invalid_auth', 'OUTBOUND.CHAT_CREDENTIALS_REFUSED', 'transient'],
    ['missing_scope', 'OUTBOUND.CHAT_SCOPE_MISSING', 'permanent'],
  ])('%s is %s', async (kind, code, expected) => {
    await world.fault({ match: { path: 'chat.postMessage' }, kind });
    const error = await failure(world.chat.post(post));
    expect([error.code, error.kind]).toEqual([code, expected]);
  });

  it('a lost answer of a call that reads is nothing to worry about', async () => {
    await world.fault({ match: { path: 'history' }, kind: 'reset-after' });
    expect((await failure(world.chat.find(post))).code).toBe('OUTBOUND.CHAT_UNAVAILABLE');
  });

  it('a 429 holds its channel for as long as Slack says, and no other', async () => {
    await world.fault({ match: { path: 'chat.postMessage' }, kind: '429', times: 1 });
    expect((await failure(world.chat.post(post))).retryAfterMs).toBe(30_000);
    expect(world.rates.holds).toEqual([['slack-posts:C0SALES', 30_000]]);
    expect(world.gates.closedFor('slack')).toBe(0);
    await world.chat.post({ ...post, to: 'C0ALERTS' });
  });

  it('what may have been posted is not looked for before it can be there', async () => {
    await world.loseAnswer();
    expect((await failure(world.chat.post(post))).retryAfterMs).toBeGreaterThanOrEqual(15_000);
  });

  it('a token that is refused closes the lane; one that is missing, too', async () => {
    world.token = 'xoxb-other';
    expect((await failure(world.chat.find(post))).code).toBe('OUTBOUND.CHAT_CREDENTIALS_REFUSED');
    expect(world.gates.closedFor('slack')).toBeGreaterThan(50_000);
    world.gates.open('slack');
    world.token = undefined;
    expect((await failure(world.chat.find(post))).code).toBe('OUTBOUND.CHAT_NOT_CONNECTED');
    expect(world.gates.closedFor('slack')).toBeGreaterThan(50_000);
  });

  it('five failures in a row open the breaker', async () => {
    await world.fault({ match: { path: 'history' }, kind: '500' });
    for (let n = 0; n < 5; n += 1) await failure(world.chat.find(post));
    expect((await failure(world.chat.find(post))).code).toBe('CONNECTORS.BREAKER_OPEN');
    expect(world.gates.closedFor('slack')).toBeGreaterThan(20_000);
  });

  it.each([
    ['no JSON', { body: 'nonsense' }, 'OUTBOUND.CHAT_ANSWER_INVALID'],
    ['no ts', { body: { ok: true } }, 'OUTBOUND.CHAT_ANSWER_INVALID'],
    ['a ts of another form', { body: { ok: true, ts: 'x'.repeat(100) } }, 'OUTBOUND.CHAT_ANSWER_INVALID'],
    ['an error that is a novel', { body: { ok: false, error: 'No, Ada!' } }, 'OUTBOUND.CHAT_ANSWER_INVALID'],
    ['an answer that is far too large', { huge: 3_000_000 }, 'OUTBOUND.CHAT_OUTCOME_UNKNOWN'],
    ['half an answer', { truncate: true }, 'OUTBOUND.CHAT_OUTCOME_UNKNOWN'],
  ])('%s is not believed', async (_, fault, code) => {
    await world.fault({ match: { path: 'chat.postMessage' }, fault });
    const error = await failure(world.chat.post(post));
    expect(error.code).toBe(code);
    expect(JSON.stringify([error.message, error.details])).not.toMatch(/Ada|xoxb/);
  });

  it('a message that cannot be put into Slack’s form is not sent', async () => {
    const link = { label: 'x', url: 'javascript:alert(1)' };
    for (const given of [
      { blocks: [{ link }] },
      { blocks: Array.from({ length: 11 }, () => ({ title: 'x' })) },
      { blocks: [{}] },
      { threadOf: 'yesterday' },
      { to: 'C0SALES&x=1' },
    ]) {
      expect((await failure(world.chat.post({ ...post, ...given }))).code).toBe(
        'OUTBOUND.CHAT_MESSAGE_INVALID',
      );
    }
    expect(await world.messages('C0SALES')).toEqual([]);
  });

  it('asks once where a person’s direct messages are', async () => {
    await world.chat.post({ ...post, to: 'U0ADA' });
    await world.chat.find({ ...post, to: 'U0ADA' });
    const paths = await sandbox.paths('slack');
    expect(paths).toEqual(['/api/conversations.open', '/api/chat.postMessage', '/api/conversations.history']);
  });
});
