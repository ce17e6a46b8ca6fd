import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Data keys, wrapped by the key-encryption key, and whose data each protects. Destroying a key erases the data. */
export class Crypto1795392000002 implements MigrationInterface {
  name = 'Crypto1795392000002';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`create schema crypto`);
    await q.query(`
      create table crypto.data_keys (
        id uuid primary key,
        wrapped bytea not null,      -- AES-256-GCM under the key-encryption key
        kek text not null,           -- which key-encryption key: the first bytes of its hash
        created_at timestamptz not null default now()
      )`);
    await q.query(`
      create table crypto.key_subjects (
        subject bytea not null,      -- keyed hash of the data subject
        key_id uuid not null,
        primary key (subject, key_id)
      )`);
    await q.query(`
      create table crypto.secrets (
        name text not null,
        version integer not null,
        sealed bytea not null,
        state text not null check (state in ('active', 'previous', 'retired')),
        created_at timestamptz not null default now(),
        created_by text not null,
        primary key (name, version)
      )`);
    await q.query(`grant usage on schema crypto to signalbox_app`);
    await q.query(`grant select, insert, update, delete on all tables in schema crypto to signalbox_app`);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`drop schema crypto cascade`);
  }
}
