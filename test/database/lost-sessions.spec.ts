import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDataSource } from '../../src/shared/database/data-source.js';

/** Greets a session and ends it in the same packet, as PostgreSQL may while it goes down. */
let server: Server;
beforeAll(async () => {
  server = createServer((socket) => {
    socket.once('data', () => {
      socket.end(Buffer.concat([message('R', int32(0)), message('Z', Buffer.from('I')), fatal()]));
    });
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => server.close());

it('a session that ends as it begins fails its statement, and nothing else', async () => {
  const { port } = server.address() as AddressInfo;
  const dataSource = createDataSource({ url: `postgres://a:b@127.0.0.1:${port}/c`, pool: 2 });
  // Vitest fails the run for an error that nobody handled.
  await expect(dataSource.initialize()).rejects.toThrow(/terminat|not queryable/);
});

function fatal(): Buffer {
  const fields = ['SFATAL', 'VFATAL', 'C57P01', 'Mterminating connection due to administrator command'];
  return message('E', Buffer.from(fields.map((field) => `${field}\0`).join('') + '\0'));
}

function message(type: string, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body]);
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}
