import { describe, expect, it } from 'vitest';

import { ConfigError } from '../../src/shared/config/config-error.js';
import { loadConfig } from '../../src/shared/config/config.js';
import type { Environment } from '../../src/shared/config/read-environment.js';

const KEY = Buffer.alloc(32, 7).toString('base64');
const WEBHOOK_SECRET = `whsec_${Buffer.alloc(24, 9).toString('base64')}`;
const MINIMAL = {
  DATABASE_URL: 'postgres://app:hunter2@db.example:5432/signalbox',
  SIGNALBOX_MASTER_KEY: KEY,
};

function problemsOf(env: Environment): readonly { variable: string; found: string }[] {
  try {
    loadConfig(env, () => 'unreadable nonsense');
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('the configuration', () => {
  it('needs little in production and has careful defaults', () => {
    const config = loadConfig(MINIMAL);
    expect(config).toMatchObject({
      profile: 'production',
      dataDir: '.signalbox',
      http: { host: '0.0.0.0', port: 3000, publicUrl: 'http://localhost:3000' },
      flowMode: 'shadow',
      hubspot: { baseUrl: 'https://api.hubapi.com', isSandbox: false },
      log: { level: 'info', pretty: false },
      lease: { seconds: 30 },
    });
    expect([...config.roles].sort()).toEqual(['admin', 'gateway', 'relay', 'scheduler', 'worker']);
    expect(config.database.directUrl.reveal()).toBe(MINIMAL.DATABASE_URL);
    expect(config.masterKey.reveal()).toEqual(Buffer.alloc(32, 7));
    expect(config.secrets['forms.signing-secret']).toEqual([]);
    expect(config.redisUrl).toBeUndefined();
  });

  it('listens on the loopback interface only, and logs for people, in the embedded profile', () => {
    const config = loadConfig({ ...MINIMAL, SIGNALBOX_PROFILE: 'embedded', PORT: '8080' });
    expect(config.http).toEqual({
      host: '127.0.0.1',
      port: 8080,
      publicUrl: 'http://127.0.0.1:8080',
      trustedProxies: [],
      requestTimeoutMs: 30_000,
    });
    expect(config.log.pretty).toBe(true);
  });

  it('reads origins, and refuses what is more than one', () => {
    const given = { ...MINIMAL, SIGNALBOX_PRIVATE_ENDPOINTS: 'http://N8N:5678/, https://10.0.0.7:443' };
    const config = loadConfig({ ...given, SIGNALBOX_SANDBOX_URL: 'http://127.0.0.1:4010' });
    const expected = ['http://n8n:5678', 'https://10.0.0.7', 'http://127.0.0.1:4010'];
    expect([...config.endpoints.privateOrigins]).toEqual(expected);
    for (const wrong of [
      'n8n:5678',
      'http://n8n/webhook',
      'http://ada@n8n',
      'ftp://n8n',
      'http://a,,http://b',
    ])
      expect(problemsOf({ ...MINIMAL, SIGNALBOX_PRIVATE_ENDPOINTS: wrong }), wrong).toHaveLength(1);
  });

  it('reads lists, numbers and URLs', () => {
    const config = loadConfig({
      ...MINIMAL,
      SIGNALBOX_ROLES: 'gateway, relay',
      PUBLIC_URL: 'https://flows.example.org/',
      FORMS_SIGNING_SECRET: `${WEBHOOK_SECRET}  whsec_${KEY}`,
      SIGNALBOX_LEASE_SECONDS: ' 5 ',
      REDIS_URL: '',
    });
    expect([...config.roles]).toEqual(['gateway', 'relay']);
    expect(config.http.publicUrl).toBe('https://flows.example.org');
    expect(config.secrets['forms.signing-secret'].map((item) => item.reveal())).toEqual([
      WEBHOOK_SECRET,
      `whsec_${KEY}`,
    ]);
    expect(config.lease.seconds).toBe(5);
    expect(config.redisUrl).toBeUndefined();
  });

  it.each([
    ['http://127.0.0.1:4000/hubspot', true, 'live'],
    ['http://127.0.0.1:4000', true, 'live'],
    ['http://127.0.0.1:40001/hubspot', false, 'shadow'],
    ['https://api.hubapi.com', false, 'shadow'],
  ])('with HubSpot at %s, sandbox is %s and flows start %s', (baseUrl, isSandbox, flowMode) => {
    const sandbox = { SIGNALBOX_SANDBOX_URL: 'http://127.0.0.1:4000/', HUBSPOT_BASE_URL: baseUrl };
    const config = loadConfig({ ...MINIMAL, ...sandbox });
    expect({ isSandbox: config.hubspot.isSandbox, flowMode: config.flowMode }).toEqual({
      isSandbox,
      flowMode,
    });
    expect(loadConfig({ ...MINIMAL, ...sandbox, SIGNALBOX_FLOW_MODE: 'off' }).flowMode).toBe('off');
  });

  const sandboxed = {
    SIGNALBOX_SANDBOX_URL: 'http://127.0.0.1:4000',
    SIGNALBOX_SANDBOX_SMTP_URL: 'smtp://127.0.0.1:4025',
    HUBSPOT_BASE_URL: 'http://127.0.0.1:4000/hubspot',
  };
  it.each<[string, Environment, string | undefined, string]>([
    ['no provider', {}, undefined, 'live'],
    ['the sandbox’s SMTP', { SMTP_URL: 'smtp://127.0.0.1:4025' }, 'smtp', 'live'],
    ['another SMTP server', { SMTP_URL: 'smtps://u:p@mail.example' }, undefined, 'shadow'],
    ['Postmark', { POSTMARK_SERVER_TOKEN: 't', SMTP_URL: 'smtp://127.0.0.1:4025' }, undefined, 'shadow'],
    [
      'the sandbox’s Postmark',
      { POSTMARK_SERVER_TOKEN: 't', POSTMARK_BASE_URL: 'http://127.0.0.1:4000/postmark' },
      'postmark',
      'live',
    ],
  ])('mail by %s', (_, env, via, flowMode) => {
    const config = loadConfig({ ...MINIMAL, ...sandboxed, ...env });
    expect([config.mail.sandbox?.via, config.flowMode]).toEqual([via, flowMode]);
    const kept = (['smtp.url', 'postmark.server-token'] as const).flatMap((name) => config.secrets[name]);
    expect(kept.length > 0).toBe(config.mail.isReal);
  });

  it.each([
    ['billing@example.com', { address: 'billing@example.com' }],
    ['Example Ltd <billing@example.com>', { name: 'Example Ltd', address: 'billing@example.com' }],
    ['"Example, Ltd" <billing@example.com>', { name: 'Example, Ltd', address: 'billing@example.com' }],
  ])('reads the sender %s', (text, from) => {
    expect(loadConfig({ ...MINIMAL, MAIL_FROM: text }).mail.from).toEqual(from);
  });

  it('flows do not start by themselves where Slack is a real one', () => {
    const sandbox = 'http://127.0.0.1:4000';
    const given = {
      SIGNALBOX_SANDBOX_URL: sandbox,
      HUBSPOT_BASE_URL: `${sandbox}/hubspot`,
      SLACK_BOT_TOKEN: 'xoxb-1',
    };
    const simulated = loadConfig({ ...MINIMAL, ...given, SLACK_BASE_URL: `${sandbox}/slack/api` });
    expect(simulated).toMatchObject({ flowMode: 'live', slack: { isSandbox: true } });
    expect(simulated.secrets).toMatchObject({ 'slack.bot-token': [], 'slack.sandbox-bot-token': [{}] });
    const real = loadConfig({ ...MINIMAL, ...given });
    expect(real).toMatchObject({
      flowMode: 'shadow',
      slack: { baseUrl: 'https://slack.com/api', isSandbox: false },
    });
    expect(real.secrets).toMatchObject({ 'slack.bot-token': [{}], 'slack.sandbox-bot-token': [] });
  });

  it('takes the master key from a file', () => {
    const env = { DATABASE_URL: MINIMAL.DATABASE_URL, SIGNALBOX_MASTER_KEY_FILE: '/run/secrets/key' };
    const config = loadConfig(env, (path) => (path === '/run/secrets/key' ? `${KEY}\n` : ''));
    expect(config.masterKey.reveal()).toEqual(Buffer.alloc(32, 7));
    expect(problemsOf(env)).toMatchObject([{ variable: 'SIGNALBOX_MASTER_KEY_FILE' }]);
    expect(() =>
      loadConfig(env, () => {
        throw new Error('ENOENT');
      }),
    ).toThrow(/SIGNALBOX_MASTER_KEY_FILE: names \/run\/secrets\/key, which cannot be read/);
    expect(problemsOf({ ...MINIMAL, ...env })).toMatchObject([{ variable: 'SIGNALBOX_MASTER_KEY' }]);
  });
});

describe('a wrong environment', () => {
  it('is told all its problems at once, each with what to do', () => {
    const env = {
      PORT: '70000',
      SIGNALBOX_ROLES: 'gateway,postman',
      REDIS_URL: 'localhost',
      SIGNALBOX_PORT: '1',
    };
    const names = problemsOf(env).map(({ variable }) => variable);
    expect(names.sort()).toEqual(
      [
        'DATABASE_URL',
        'PORT',
        'REDIS_URL',
        'SIGNALBOX_MASTER_KEY',
        'SIGNALBOX_PORT',
        'SIGNALBOX_ROLES',
      ].sort(),
    );
    expect(() => loadConfig(env)).toThrow(ConfigError);
    expect(() => loadConfig(env)).toThrow(/has 6 problems/);
    expect(() => loadConfig(env)).toThrow(
      '  PORT: is "70000"; expected a port number, 1 to 65535, or 0 for a free one. Set it to a number',
    );
  });

  it.each([
    ['SIGNALBOX_PROFILE', 'dev'],
    ['SIGNALBOX_FLOW_MODE', 'on'],
    ['SIGNALBOX_ROLES', ','],
    ['HOST', 'http://localhost'],
    ['PORT', '3000.5'],
    ['PUBLIC_URL', 'flows.example.org'],
    ['PUBLIC_URL', 'https://flows.example.org/?a=b'],
    ['DATABASE_URL', 'mysql://db.example/signalbox'],
    ['DIRECT_DATABASE_URL', 'db.example'],
    ['SIGNALBOX_DB_POOL', '0'],
    ['SIGNALBOX_MASTER_KEY', Buffer.alloc(31).toString('base64')],
    ['SIGNALBOX_MASTER_KEY', `${KEY}!`],
    ['SIGNALBOX_ADMIN_KEY', 'sbx_first_tooshort'],
    ['FORMS_SIGNING_SECRET', KEY],
    ['FORMS_SIGNING_SECRET', 'whsec_AAAA'],
    ['FORMS_SIGNING_SECRET', `${WEBHOOK_SECRET} ${WEBHOOK_SECRET} ${WEBHOOK_SECRET}`],
    ['HUBSPOT_BASE_URL', 'ftp://api.hubapi.com'],
    ['MAIL_FROM', 'Example Ltd'],
    ['MAIL_FROM', 'a@example.com, b@example.com'],
    ['MAIL_REPLY_TO', 'a@example.com\r\nBcc: b@example.com'],
    ['SMTP_URL', 'http://mail.example'],
    ['POSTMARK_SERVER_TOKEN', 'two words'],
    ['POSTMARK_MESSAGE_STREAM', 'Out Bound'],
    ['SIGNALBOX_LOG_LEVEL', 'verbose'],
    ['SIGNALBOX_LEASE_SECONDS', '-1'],
    ['SIGNALBOX_POSTGRES_PORT', '0'],
  ])('%s=%s is refused', (variable, text) => {
    expect(problemsOf({ ...MINIMAL, [variable]: text }).map((problem) => problem.variable)).toEqual([
      variable,
    ]);
  });

  it.each([
    ['SIGNALBOX_MASTERKEY', 'SIGNALBOX_MASTER_KEY'],
    ['SIGNALBOX_ROLE', 'SIGNALBOX_ROLES'],
    ['signalbox_profile', 'SIGNALBOX_PROFILE'],
  ])('%s is a misspelt %s', (misspelt, meant) => {
    expect(() => loadConfig({ ...MINIMAL, [misspelt]: 'x' })).toThrow(`Did you mean ${meant}?`);
  });

  it('says that an unknown name is unknown, and leaves other programs’ alone', () => {
    expect(() => loadConfig({ ...MINIMAL, SIGNALBOX_COFFEE_MACHINE: 'on' })).toThrow(/COFFEE.*Unset it/);
    expect(loadConfig({ ...MINIMAL, XERO_CLIENT_ID: 'later', PATH: '/bin' }).profile).toBe('production');
  });

  it('cannot switch a crash point on in production', () => {
    const env = { ...MINIMAL, SIGNALBOX_CRASH_POINT: 'accept.before-commit' };
    expect(loadConfig(env).crashPoint).toBe('accept.before-commit');
    expect(problemsOf({ ...env, NODE_ENV: 'production' })).toMatchObject([
      { variable: 'SIGNALBOX_CRASH_POINT' },
    ]);
  });
});
