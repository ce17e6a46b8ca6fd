import type { Writable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import { prepared } from './prepared.js';
import { txOn, type Tx } from './tx.js';

/** What the process has asked of PostgreSQL since it started; tests assert costs per hop with it. */
export interface StatementCounts {
  statements: number;
  commits: number;
}

/** Lets statements that are sent in the same turn leave in one write: each by itself is a call of the system. */
function writeTogether(client: PoolClient): void {
  const { stream } = (client as unknown as { connection: { stream: Writable } }).connection;
  stream.cork();
  process.nextTick(() => stream.uncork());
}

/** The one door to PostgreSQL: single statements, and transactions as values. */
@Injectable()
export class Database {
  readonly counts: StatementCounts = { statements: 0, commits: 0 };

  constructor(private readonly dataSource: DataSource) {}

  /** One statement in a transaction of its own (reads, and writes that need nothing beside them). */
  async query<Row = Record<string, unknown>>(
    sql: string,
    parameters: readonly unknown[] = [],
  ): Promise<Row[]> {
    return this.withClient(async (client) => {
      this.counts.statements += 1;
      this.counts.commits += 1;
      return (await client.query<Row & object>(prepared(sql, parameters))).rows;
    });
  }

  /**
   * Runs `work` in one transaction; an error rolls it back and is thrown on. Statements are pipelined: BEGIN travels
   * with the first one, COMMIT with those that `work` did not wait for, and a failure of any of them fails all.
   */
  async transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.withClient(async (client) => {
      const sent: Promise<unknown>[] = [];
      const later = (writes: Promise<unknown>): void => {
        writes.catch(() => undefined); // looked at before the end
        sent.push(writes);
      };
      let committing = false;
      const send = <Row>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> => {
        // It would take effect outside the transaction: what is sent `later` is sent at once.
        if (committing) throw new Error('a statement was sent after COMMIT');
        this.counts.statements += 1;
        writeTogether(client);
        const answer = client
          .query<Row & object>(prepared(sql, parameters))
          .then(({ rows }) => rows as Row[]);
        later(answer);
        return answer;
      };
      try {
        void send('BEGIN');
        const result = await work(txOn(send, later));
        void send('COMMIT');
        committing = true;
        await Promise.all(sent);
        this.counts.commits += 1;
        return result;
      } catch (error) {
        await Promise.allSettled(sent);
        await client.query('ROLLBACK').catch(() => undefined);
        throw error;
      }
    });
  }

  /** TypeORM's query runner keeps the pool's books; statements go to the client itself, which can pipeline. */
  private async withClient<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    const runner = this.dataSource.createQueryRunner();
    try {
      return await work((await runner.connect()) as PoolClient);
    } finally {
      await runner.release();
    }
  }
}
