import { spawnSync } from 'node:child_process';
import { Redis } from 'ioredis';
import { until } from '../support/until.ts';
import { ManagedProcess } from './managed-process.ts';

/** Whether this machine has a Redis server. */
export function hasRedis(): boolean {
  return spawnSync('redis-server', ['--version']).status === 0;
}

/** A Redis of a test's own, which forgets everything when it ends. */
export class OwnRedis {
  readonly url: string;
  private readonly process: ManagedProcess;

  private constructor(port: number, process: ManagedProcess) {
    this.url = `redis://127.0.0.1:${port}`;
    this.process = process;
  }

  static async start(port: number, logFile: string): Promise<OwnRedis> {
    const settings = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    const command: [string, ...string[]] = ['redis-server', ...settings, '--maxmemory-policy', 'noeviction'];
    const redis = new OwnRedis(port, new ManagedProcess({ name: 'redis', command, env: {}, logFile }));
    await redis.startAgain();
    return redis;
  }

  async startAgain(): Promise<void> {
    this.process.start();
    await until('Redis to answer', () => this.run((client) => client.ping()).catch(() => undefined));
  }

  async kill(): Promise<void> {
    await this.process.kill();
  }

  async flushAll(): Promise<void> {
    await this.run((client) => client.flushall());
  }

  /** How many keys it holds: none would mean that nobody uses it. */
  async size(): Promise<number> {
    return this.run((client) => client.dbsize());
  }

  private async run<T>(work: (client: Redis) => Promise<T>): Promise<T> {
    const client = new Redis(this.url, { lazyConnect: true, retryStrategy: () => null });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return await work(client);
    } finally {
      client.disconnect();
    }
  }
}
