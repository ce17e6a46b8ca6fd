import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startApplication } from '../../src/application.js';
import { loadConfig } from '../../src/shared/config/config.js';
import { testDatabase, type TestDatabase } from '../support/database.js';

let db: TestDatabase;
let taken: Server;
beforeAll(async () => {
  db = await testDatabase();
  taken = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => taken.once('listening', resolve));
});
afterAll(async () => {
  await db.close();
  taken.close();
});

function start(env: Record<string, string>): Promise<unknown> {
  return startApplication(
    loadConfig({
      DATABASE_URL: db.url,
      SIGNALBOX_MASTER_KEY: Buffer.alloc(32, 9).toString('base64'),
      SIGNALBOX_PROFILE: 'embedded',
      PORT: '0',
      ...env,
    }),
  );
}

it('a port in use is said plainly', async () => {
  const { port } = taken.address() as AddressInfo;
  await expect(start({ PORT: String(port) })).rejects.toMatchObject({
    name: 'StartError',
    message: `Port ${port} of 127.0.0.1 is in use: end what listens there, or set PORT.`,
  });
});

it('a PostgreSQL that does not answer is said plainly, without its password', async () => {
  await expect(start({ DATABASE_URL: 'postgres://me:pa55word@127.0.0.1:9/nothing' })).rejects.toMatchObject({
    name: 'StartError',
    message: expect.not.stringContaining('pa55word') as string,
  });
});

it('a Redis that does not answer is said plainly', async () => {
  await expect(start({ REDIS_URL: 'redis://127.0.0.1:9' })).rejects.toMatchObject({
    name: 'StartError',
    message: expect.stringContaining('Redis at REDIS_URL cannot be reached') as string,
  });
});

it('a pool that PostgreSQL cannot serve is said plainly', async () => {
  await expect(start({ SIGNALBOX_DB_POOL: '200' })).rejects.toMatchObject({
    name: 'StartError',
    message: expect.stringContaining('lower SIGNALBOX_DB_POOL or raise max_connections') as string,
  });
});
