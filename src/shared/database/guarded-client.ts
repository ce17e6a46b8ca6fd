import pg from 'pg';

/**
 * A client that is never without a listener for its errors. A server that goes down may end a session in the same
 * packet in which it begins: the pool's taker has no listener yet, and an `error` event that nobody hears ends the
 * process. Whoever asked learns of the failure by its statement.
 */
export class GuardedClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    this.on('error', () => undefined);
  }
}
