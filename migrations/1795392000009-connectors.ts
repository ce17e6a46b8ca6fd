import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What connectors of all processes share: rate buckets. Unlogged: after a crash of PostgreSQL they start full. */
export class Connectors1795392000009 implements MigrationInterface {
  name = 'Connectors1795392000009';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`create schema connectors`);
    await q.query(`
      create unlogged table connectors.rate_buckets (
        name text primary key,
        free_at timestamptz not null
      ) with (fillfactor = 50)`);
    await q.query(`grant usage on schema connectors to signalbox_app`);
    await q.query(`grant select, insert, update, delete on all tables in schema connectors to signalbox_app`);
    await q.query(`grant select on signalbox_migrations to signalbox_app`);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`revoke select on signalbox_migrations from signalbox_app`);
    await q.query(`drop schema connectors cascade`);
  }
}
