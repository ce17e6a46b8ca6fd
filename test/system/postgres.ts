import { join } from 'node:path';
import type * as embedded from '../../src/shared/embedded/postgres.ts';
import type { EmbeddedPostgres } from '../../src/shared/embedded/postgres.ts';

/** A PostgreSQL of a test's own, which may be stopped and started again on the same port. */
export class OwnPostgres {
  private server: EmbeddedPostgres;
  private readonly dataDir: string;

  private constructor(server: EmbeddedPostgres, dataDir: string) {
    this.server = server;
    this.dataDir = dataDir;
  }

  static async start(folder: string): Promise<OwnPostgres> {
    const dataDir = join(folder, 'postgres-data');
    return new OwnPostgres(await launch(dataDir), dataDir);
  }

  /** The database as its owner. */
  get url(): string {
    return this.server.url;
  }

  async stop(): Promise<void> {
    await this.server.stop();
  }

  /** Every session is cut and nothing is written any more, as at `pg_ctl stop -m immediate`. */
  async stopImmediately(): Promise<void> {
    process.kill(this.server.pid, 'SIGQUIT');
    await this.server.stop();
  }

  async startAgain(): Promise<void> {
    this.server = await launch(this.dataDir, this.server.port);
  }
}

/** From the build: the sources name each other by their compiled names, which Node does not find beside them. */
async function launch(dataDir: string, port?: number): Promise<EmbeddedPostgres> {
  const built = new URL('../../dist/shared/embedded/postgres.js', import.meta.url).href;
  const { startPostgres } = (await import(built)) as typeof embedded;
  return startPostgres({ dataDir, port });
}
