import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { REFUSALS } from '../../sandbox/providers/slack/answers.ts';
import { startSandbox } from '../../sandbox/server.ts';
import { at, freshSandbox, request, SandboxUnderTest } from './support.ts';

const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text } });
const token = 'xoxb-sandbox';

function call(sandbox: SandboxUnderTest, method: string, args: object, bearer = token) {
  const headers = { authorization: `Bearer ${bearer}` };
  return request('POST', `${sandbox.sandbox.url}/slack/api/${method}`, args, headers);
}

const post = (sandbox: SandboxUnderTest, args: object) =>
  call(sandbox, 'chat.postMessage', { channel: 'C0SALES', text: 'One', ...args });

async function roomy(): Promise<SandboxUnderTest> {
  const sandbox = await freshSandbox();
  await sandbox.admin('PUT', '/slack/settings', { burst: 1_000, ratePerSecond: 1_000 });
  return sandbox;
}

describe('the Slack simulator', () => {
  it('posts a message, tells what it is called, and shows it', async () => {
    const sandbox = await freshSandbox();
    const { status, body, headers } = await post(sandbox, { blocks: [section('One & all')] });
    expect([status, at(body, 'ok'), at(body, 'channel')]).toEqual([200, true, 'C0SALES']);
    expect(at(body, 'ts')).toMatch(/^\d{10}\.\d{6}$/);
    expect(headers.get('x-oauth-scopes')).toContain('chat:write');
    const { body: held } = await sandbox.admin('GET', '/slack/messages?contains=all&channel=C0SALES');
    expect(at(held, 'messages.0')).toMatchObject({ text: 'One', sequences: [] });
    const page = await fetch(`${sandbox.sandbox.url}/_sandbox`, { headers: { accept: 'text/html' } });
    expect(await page.text()).toContain('<td>One</td>');
  });

  it('takes a form, whose blocks and metadata are JSON, and the token in it', async () => {
    const sandbox = await freshSandbox();
    const body = new URLSearchParams({
      ...{ token, channel: 'C0SALES', text: 'By form', blocks: JSON.stringify([section('x')]) },
      metadata: JSON.stringify({ event_type: 'tried', event_payload: { reference: 'r-1' } }),
    });
    const answer = await fetch(`${sandbox.sandbox.url}/slack/api/chat.postMessage`, { method: 'POST', body });
    expect(await answer.json()).toMatchObject({ ok: true, message: { metadata: { event_type: 'tried' } } });
  });

  it.each([
    ['neither text nor blocks', { text: undefined }, 'no_text'],
    ['a blank text', { text: ' ' }, 'no_text'],
    ['51 blocks', { blocks: Array.from({ length: 51 }, () => section('x')) }, 'invalid_blocks'],
    ['a section of 3,001 characters', { blocks: [section('x'.repeat(3_001))] }, 'invalid_blocks'],
    [
      'a header of 151 characters',
      { blocks: [{ type: 'header', text: { type: 'plain_text', text: 'x'.repeat(151) } }] },
      'invalid_blocks',
    ],
    ['a block of no kind', { blocks: [{ type: 'box' }] }, 'invalid_blocks'],
    ['metadata without a payload', { metadata: { event_type: 'x' } }, 'invalid_metadata_format'],
    ['a channel that is not there', { channel: 'C0NOWHERE' }, 'channel_not_found'],
    ['a channel that is archived', { channel: 'C0OLD' }, 'is_archived'],
    ['a channel that the app is not in', { channel: 'C0OTHERS' }, 'not_in_channel'],
    ['a person who has left', { channel: 'U0GONE' }, 'user_disabled'],
    ['a thread that is not there', { thread_ts: '1.000001' }, 'thread_not_found'],
  ])('refuses %s', async (_, args, error) => {
    const sandbox = await freshSandbox();
    expect(await post(sandbox, args)).toMatchObject({ status: 200, body: { ok: false, error } });
    expect(at((await sandbox.admin('GET', '/slack/messages')).body, 'total')).toBe(0);
  });

  it('looks at the token first, and at what it may do', async () => {
    const sandbox = await freshSandbox();
    expect((await call(sandbox, 'auth.test', {}, 'xoxb-other')).body).toEqual({
      ok: false,
      error: 'invalid_auth',
    });
    const bare = await request('POST', `${sandbox.sandbox.url}/slack/api/auth.test`, {});
    expect(bare.body).toEqual({ ok: false, error: 'not_authed' });
    expect((await call(sandbox, 'auth.test', {})).body).toMatchObject({ ok: true, team: 'Sandbox' });
    await sandbox.admin('PUT', '/slack/scopes', ['im:write']);
    const refused = { ok: false, error: 'missing_scope', needed: 'chat:write', provided: 'im:write' };
    expect((await post(sandbox, {})).body).toEqual(refused);
    expect((await call(sandbox, 'chat.shout', {})).body).toMatchObject({
      ok: false,
      error: 'unknown_method',
    });
  });

  it('takes a few messages of a channel at once and then about one a second, saying when to come again', async () => {
    const sandbox = await freshSandbox();
    const answers = [];
    for (let n = 0; n < 4; n += 1) answers.push(await post(sandbox, { text: `n ${n}` }));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
    expect(answers[3]).toMatchObject({ body: { ok: false, error: 'ratelimited' } });
    expect(answers[3]?.headers.get('retry-after')).toBe('1');
    expect((await post(sandbox, { channel: 'C0ALERTS' })).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 1_050));
    expect((await post(sandbox, { text: 'later' })).status).toBe(200);
  });

  it('tells the history newest first, page by page, with metadata for those who ask', async () => {
    const sandbox = await roomy();
    const metadata = { event_type: 'tried', event_payload: { reference: 'r-1' } };
    const sent = [];
    for (const text of ['a', 'b', 'c']) sent.push(at((await post(sandbox, { text, metadata })).body, 'ts'));
    await post(sandbox, { text: 'reply', thread_ts: sent[0] });
    const asked = { channel: 'C0SALES', limit: 2, include_all_metadata: true };
    const first = (await call(sandbox, 'conversations.history', asked)).body;
    expect(at(first, 'messages')).toMatchObject([{ text: 'c', metadata }, { text: 'b' }]);
    const cursor = at(first, 'response_metadata.next_cursor');
    const second = (await call(sandbox, 'conversations.history', { channel: 'C0SALES', limit: 2, cursor }))
      .body;
    expect(second).toMatchObject({ has_more: false, messages: [{ text: 'a', thread_ts: sent[0] }] });
    expect(at(second, 'messages.0.metadata')).toBeUndefined();
    const newer = { channel: 'C0SALES', oldest: sent[1] };
    expect(at((await call(sandbox, 'conversations.history', newer)).body, 'messages')).toMatchObject([
      { text: 'c' },
    ]);
    const thread = { channel: 'C0SALES', ts: sent[0] };
    expect(at((await call(sandbox, 'conversations.replies', thread)).body, 'messages')).toMatchObject([
      { text: 'a' },
      { text: 'reply' },
    ]);
    await sandbox.admin('PUT', '/slack/settings', { historyLagMs: 60_000 });
    expect(at((await call(sandbox, 'conversations.history', asked)).body, 'messages')).toEqual([]);
  });

  it('opens direct messages with a person, who is found by e-mail address', async () => {
    const sandbox = await roomy();
    const found = (await call(sandbox, 'users.lookupByEmail', { email: 'ada@example.com' })).body;
    expect(at(found, 'user.id')).toBe('U0ADA');
    const opened = (await call(sandbox, 'conversations.open', { users: 'U0ADA' })).body;
    expect(opened).toEqual({ ok: true, channel: { id: 'D0ADA' } });
    expect((await post(sandbox, { channel: 'U0ADA' })).body).toMatchObject({ ok: true, channel: 'D0ADA' });
    for (const email of ['gone@example.com', 'nobody@example.com']) {
      expect((await call(sandbox, 'users.lookupByEmail', { email })).body).toMatchObject({
        error: 'users_not_found',
      });
    }
  });

  it('changes a message in its place', async () => {
    const sandbox = await roomy();
    const ts = at((await post(sandbox, {})).body, 'ts');
    const update = { channel: 'C0SALES', ts, text: 'Two' };
    expect((await call(sandbox, 'chat.update', update)).body).toMatchObject({ ok: true, ts, text: 'Two' });
    const { body } = await sandbox.admin('GET', '/slack/messages');
    expect(body).toMatchObject({ total: 1, messages: [{ text: 'Two' }] });
    const missing = { ...update, ts: '1.000001' };
    expect((await call(sandbox, 'chat.update', missing)).body).toMatchObject({ error: 'message_not_found' });
    const long = { ...update, text: 'x'.repeat(4_001) };
    expect((await call(sandbox, 'chat.update', long)).body).toMatchObject({ error: 'msg_too_long' });
  });

  it('answers each of Slack’s refusals as a fault', async () => {
    const sandbox = await roomy();
    for (const error of REFUSALS) {
      await sandbox.admin('POST', '/slack/faults', { kind: error, times: 1 });
      expect(await post(sandbox, {})).toMatchObject({ status: 200, body: { ok: false, error } });
    }
  });

  it('a reset after the message was posted has posted it: a second attempt is a duplicate', async () => {
    const sandbox = await freshSandbox();
    await sandbox.admin('POST', '/slack/faults', { kind: 'reset-after', times: 1 });
    const metadata = { event_type: 'tried', event_payload: { reference: 'r-1' } };
    await expect(post(sandbox, { metadata })).rejects.toThrow();
    await post(sandbox, { text: 'other words', metadata });
    const effects = at((await sandbox.admin('GET', '/effects')).body, 'providers.slack.messages');
    expect(effects).toMatchObject({ created: 2, duplicates: ['C0SALES r-1'] });
  });

  it('shows what Slack would turn into links and mentions', async () => {
    const sandbox = await freshSandbox();
    await post(sandbox, { text: '<!channel> &lt;!here&gt; <https://example.com|x>' });
    const { body } = await sandbox.admin('GET', '/slack/messages');
    expect(at(body, 'messages.0.sequences')).toEqual(['<!channel>', '<https://example.com|x>']);
  });

  it('keeps messages, channels, people and counters over a restart', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'signalbox-sandbox-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const dataFile = join(folder, 'journal.jsonl');
    const first = new SandboxUnderTest(await startSandbox({ dataFile }));
    await first.admin('PUT', '/slack/channels/C0NEW', { name: 'new' });
    await first.admin('PUT', '/slack/people/U0NEW', { email: 'New@example.com' });
    await post(first, { channel: 'U0NEW', text: 'Kept' });
    await post(first, { channel: 'C0NEW', text: 'Kept' });
    const state = async (sandbox: SandboxUnderTest) =>
      Promise.all(
        ['/slack/messages', '/slack/channels', '/slack/people', '/effects'].map((one) =>
          sandbox.admin('GET', one).then(({ body }) => body),
        ),
      );
    const before = await state(first);
    await first.sandbox.close();
    const second = new SandboxUnderTest(await startSandbox({ dataFile }));
    expect(await state(second)).toEqual(before);
    await second.sandbox.close();
    expect(await state(await freshSandbox({ dataFile }))).toEqual(before);
  });
});
