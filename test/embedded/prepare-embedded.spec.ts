import { existsSync } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { describe, expect, it, onTestFinished } from 'vitest';

import { loadConfig } from '../../src/shared/config/config.js';
import type { Environment } from '../../src/shared/config/read-environment.js';
import { prepareEmbedded } from '../../src/shared/embedded/prepare-embedded.js';
import { isAlive, waitUntil } from '../../src/shared/embedded/processes.js';
import { startSandbox } from '../../src/shared/embedded/sandbox-process.js';
import { ensureSecrets } from '../../src/shared/embedded/secrets-file.js';
import { ask, ended, fixture, newFolder } from './support.js';

const script = fixture('sandbox.mjs');

async function sandbox(dataDir: string, port?: number) {
  const started = await startSandbox({ dataDir, token: 'the-token', port, script });
  onTestFinished(() => started.stop());
  return started;
}

async function prepare(env: Environment) {
  const lines: string[] = [];
  const prepared = await prepareEmbedded(env, { sandboxScript: script, log: (line) => lines.push(line) });
  onTestFinished(() => prepared.stop());
  return { ...prepared, lines };
}

describe('the sandbox’s process', () => {
  it('gets its token and its file, and nothing of our environment', async () => {
    const dataDir = await newFolder();
    process.env.SIGNALBOX_MASTER_KEY = 'not for the sandbox';
    onTestFinished(() => void delete process.env.SIGNALBOX_MASTER_KEY);
    const { url } = await sandbox(dataDir);
    const answer = (await (await fetch(url)).json()) as { token: string; file: string; others: string[] };
    expect(answer).toMatchObject({ token: 'the-token', file: join(dataDir, 'sandbox.jsonl') });
    expect(answer.others).not.toContain('SIGNALBOX_MASTER_KEY');
  });

  it('is adopted by the next start, which can stop it', async () => {
    const dataDir = await newFolder();
    const left = await sandbox(dataDir);
    const adopted = await sandbox(dataDir);
    const { pid, url, smtpUrl } = left;
    expect(adopted).toMatchObject({ adopted: true, pid, url, smtpUrl });
    await adopted.stop();
    expect(isAlive(left.pid)).toBe(false);
    expect(existsSync(join(dataDir, 'sandbox.json'))).toBe(false);
  });

  it('is started anew when it was killed', async () => {
    const dataDir = await newFolder();
    const killed = await sandbox(dataDir);
    process.kill(killed.pid, 'SIGKILL');
    await ended(killed.pid);
    expect((await sandbox(dataDir)).adopted).toBe(false);
  });

  it('says what went wrong when it cannot start', async () => {
    const dataDir = await newFolder();
    const broken = join(dataDir, 'broken.mjs');
    await writeFile(broken, 'throw new Error("the reason")');
    const starting = startSandbox({ dataDir, token: 'the-token', script: broken });
    await expect(starting).rejects.toThrow(/sandbox didn't start .*sandbox\.log/);
    const blocker = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void blocker.close());
    await waitUntil(() => blocker.listening, 5_000);
    const { port } = blocker.address() as AddressInfo;
    await expect(sandbox(dataDir, port)).rejects.toThrow(/already in use\. Set SIGNALBOX_SANDBOX_PORT/);
  });
});

describe('the embedded profile', { timeout: 60_000 }, () => {
  it('makes a whole configuration out of nothing but a data directory', async () => {
    const dataDir = join(await newFolder(), 'data');
    const parts = await prepare({ SIGNALBOX_DATA_DIR: dataDir });
    const config = loadConfig(parts.env);
    expect(parts.firstStart).toBe(true);
    expect(config).toMatchObject({ profile: 'embedded', flowMode: 'live', sandboxUrl: parts.sandboxUrl });
    expect(config.hubspot).toMatchObject({ baseUrl: `${parts.sandboxUrl}/hubspot`, isSandbox: true });
    expect(config.xero).toMatchObject({ baseUrl: `${parts.sandboxUrl}/xero`, clientId: 'signalbox' });
    expect([config.xero, config.stripe].map(({ isSandbox }) => isSandbox)).toEqual([true, true]);
    expect(config.secrets['xero.client-secret']).toEqual([]);
    expect(config.secrets['xero.sandbox-client-secret']).toHaveLength(1);
    expect(config.secrets['stripe.sandbox-api-key']).toHaveLength(1);
    expect(config.slack).toEqual({ baseUrl: `${parts.sandboxUrl}/slack/api`, isSandbox: true });
    expect(config.secrets['slack.sandbox-bot-token']).toHaveLength(1);
    expect(config.secrets['slack.bot-token']).toEqual([]);
    expect(config.secrets['endpoints.signing-secret']).toHaveLength(1);
    expect([...config.endpoints.privateOrigins]).toEqual([parts.sandboxUrl]);
    const { hostname, port } = new URL(config.mail.sandbox?.via === 'smtp' ? config.mail.sandbox.url : '');
    expect({ hostname, isPort: Number(port) > 0 }).toEqual({ hostname: '127.0.0.1', isPort: true });
    expect(config.mail.from).toEqual({ name: 'Signalbox', address: 'signalbox@example.com' });
    expect(config.secrets['forms.signing-secret']).toHaveLength(1);
    expect(await ask(config.database.url.reveal(), 'SELECT current_database()')).toBe('signalbox');
    await parts.stop();

    const again = await prepare({ SIGNALBOX_DATA_DIR: dataDir });
    expect(again.firstStart).toBe(false);
    expect(again.env.SIGNALBOX_MASTER_KEY).toBe(parts.env.SIGNALBOX_MASTER_KEY);
    expect(again.env.FORMS_SIGNING_SECRET).toBe(parts.env.FORMS_SIGNING_SECRET);
  });

  it('starts nothing that the environment already names', async () => {
    const set = {
      SIGNALBOX_DATA_DIR: await newFolder(),
      DATABASE_URL: 'postgres://user@database.example/signalbox',
      HUBSPOT_ACCESS_TOKEN: 'of a test account',
      XERO_CLIENT_ID: 'app-of-a-test-account',
      STRIPE_API_KEY: 'sk_test_of_a_test_account',
      SLACK_BOT_TOKEN: 'xoxb-of-a-test-workspace',
      ZENDESK_BASE_URL: 'https://example.zendesk.com',
      WHATSAPP_ACCESS_TOKEN: 'of-a-test-account',
      SMTP_URL: 'smtps://user:password@mail.example:465',
      SIGNALBOX_MASTER_KEY_FILE: '/run/secrets/key',
      FORMS_SIGNING_SECRET: `whsec_${Buffer.alloc(32, 1).toString('base64')}`,
    };
    await expect(prepare(set)).rejects.toThrow('HUBSPOT_ACCESS_TOKEN: is malformed');
    const parts = await prepare({ ...set, HUBSPOT_ACCESS_TOKEN: 'of-a-test-account' });
    expect(parts.env).toEqual({
      ...set,
      HUBSPOT_ACCESS_TOKEN: 'of-a-test-account',
      SIGNALBOX_PROFILE: 'embedded',
    });
    expect(parts.sandboxUrl).toBeUndefined();
    expect(parts.lines).toEqual([]);
  });

  it('simulates each provider that the environment does not name, and no other', async () => {
    const { env } = await prepare({
      SIGNALBOX_DATA_DIR: await newFolder(),
      DATABASE_URL: 'postgres://user@database.example/signalbox',
      HUBSPOT_ACCESS_TOKEN: 'of-a-test-account',
      MAIL_FROM: 'billing@example.com',
    });
    expect(env).toMatchObject({
      HUBSPOT_ACCESS_TOKEN: 'of-a-test-account',
      MAIL_FROM: 'billing@example.com',
    });
    expect(env.HUBSPOT_BASE_URL).toBeUndefined();
    expect(env.SMTP_URL).toBe(env.SIGNALBOX_SANDBOX_SMTP_URL);
    expect(loadConfig({ ...env, POSTMARK_SERVER_TOKEN: 'real' }).mail).toMatchObject({ isReal: true });
    expect(loadConfig(env)).toMatchObject({ flowMode: 'shadow', mail: { isReal: false } });
  });

  it('stops what it has started when another part cannot start', async () => {
    const dataDir = await newFolder();
    const env = { SIGNALBOX_DATA_DIR: dataDir, DATABASE_URL: '' };
    const missing = join(dataDir, 'missing.mjs');
    await expect(prepareEmbedded(env, { sandboxScript: missing })).rejects.toThrow(/sandbox didn't start/);
    expect(existsSync(join(dataDir, 'postgres', 'postmaster.pid'))).toBe(false);
    expect(existsSync(join(dataDir, 'launcher.lock'))).toBe(false);
  });
});

describe('the secrets file', () => {
  it('is made once, for its owner only, and completed by a release that knows more', async () => {
    const dataDir = await newFolder();
    const path = join(dataDir, 'secrets.json');
    const made = await ensureSecrets(dataDir);
    expect(Buffer.from(made.masterKey, 'base64')).toHaveLength(32);
    expect(await ensureSecrets(dataDir)).toEqual(made);
    await writeFile(path, JSON.stringify({ masterKey: made.masterKey }));
    const completed = await ensureSecrets(dataDir);
    expect(completed.masterKey).toBe(made.masterKey);
    expect(completed.sandboxToken).not.toBe(made.sandboxToken);
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual(completed);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });
});
