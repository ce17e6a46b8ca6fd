import { createServer } from 'node:net';

import { EmbeddedError, systemCode } from './embedded-error.js';

/** A TCP port of 127.0.0.1 that was free a moment ago. */
export function pickFreePort(): Promise<number> {
  return bindOnce(0);
}

/**
 * Makes sure that a configured port can be had.
 * @throws EmbeddedError naming `variable` when another program listens there
 */
export async function requirePort(port: number, variable: string): Promise<number> {
  try {
    return await bindOnce(port);
  } catch (error) {
    const reason = systemCode(error) === 'EACCES' ? 'may not be opened by this user' : 'is already in use';
    throw new EmbeddedError(
      `Port ${port} of 127.0.0.1 ${reason}. Set ${variable} to another port, or unset it to have a free one picked.`,
    );
  }
}

function bindOnce(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      const bound = typeof address === 'object' && address ? address.port : port;
      server.close(() => resolve(bound));
    });
  });
}
