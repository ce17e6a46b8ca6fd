import { inspect } from 'node:util';

import { describe, expect, it } from 'vitest';

import { loadConfig } from '../../src/shared/config/config.js';
import type { Environment } from '../../src/shared/config/read-environment.js';

function messageFor(env: Environment): string {
  try {
    return JSON.stringify(loadConfig(env));
  } catch (error) {
    return inspect(error, { depth: 10 });
  }
}

describe('secrets', () => {
  const canary = 'canary0123456789canary0123456789';
  const secrets = {
    DATABASE_URL: `postgres://app:${canary}@db.example/signalbox`,
    DIRECT_DATABASE_URL: `postgres://app:${canary}@db.example/signalbox`,
    REDIS_URL: `redis://:${canary}@queue.example`,
    SIGNALBOX_MASTER_KEY: Buffer.from(canary).toString('base64'),
    SIGNALBOX_ADMIN_KEY: `sbx_first_${canary}`,
    FORMS_SIGNING_SECRET: `whsec_${Buffer.from(canary).toString('base64')}`,
    HUBSPOT_ACCESS_TOKEN: canary,
    HUBSPOT_CLIENT_SECRET: canary,
    SMTP_URL: `smtps://user:${canary}@mail.example`,
    SMTP_OAUTH_CLIENT_SECRET: canary,
    SMTP_OAUTH_REFRESH_TOKEN: canary,
    POSTMARK_SERVER_TOKEN: canary,
  };
  const forms = [canary, Buffer.from(canary).toString('base64'), Buffer.from(canary).toString('hex')];

  it('are in the configuration, but in nothing that is printed of it', () => {
    const config = loadConfig(secrets);
    expect(config.hubspot.accessToken?.reveal()).toBe(canary);
    const { database, masterKey } = config;
    const printed = [
      JSON.stringify(config),
      inspect(config, { depth: 10, showHidden: true }),
      `${String(database.url)} ${database.url.toString()} ${masterKey.toString()}`,
    ].join('\n');
    for (const form of forms) expect(printed).not.toContain(form);
    expect(printed).toContain('[secret]');
    expect(inspect(config, { depth: 10 })).toContain('accessToken: [secret]');
  });

  it('are not repeated when they are malformed, nor when they stand in the wrong place', () => {
    const broken = Object.fromEntries(
      Object.entries(secrets).map(([name, text]) => [name, `${text} ${text} \t|`]),
    );
    const misplaced = {
      PORT: canary,
      HUBSPOT_BASE_URL: canary,
      SIGNALBOX_LOG_LEVEL: canary,
      SIGNALBOX_KEY: canary,
    };
    const message = messageFor({ ...broken, ...misplaced });
    expect(message).toMatch(/has 1\d problems/);
    for (const form of forms) expect(message).not.toContain(form);
  });
});
