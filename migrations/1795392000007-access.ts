import type { MigrationInterface, QueryRunner } from 'typeorm';

/** API keys, stored answers of repeated admin requests, and policy documents. */
export class Access1795392000007 implements MigrationInterface {
  name = 'Access1795392000007';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`create schema access`);
    await q.query(`
      create table access.api_keys (
        id text primary key,             -- the visible part: sbx_<id>_…
        hash bytea not null,             -- SHA-256 of the whole key
        name text not null,
        roles text[] not null,
        created_by text not null,
        created_at timestamptz not null default now(),
        expires_at timestamptz,
        revoked_at timestamptz,
        revoked_by text,
        last_used_at timestamptz
      )`);
    await q.query(`
      create table access.idempotency_keys (
        principal text not null,
        route text not null,
        key text not null,
        body_hash bytea not null,
        status integer,                  -- null: in flight
        answer bytea,
        key_id uuid,
        created_at timestamptz not null default now(),
        primary key (principal, route, key)
      )`);
    await q.query(`create index idempotency_keys_age on access.idempotency_keys (created_at)`);
    await q.query(`grant usage on schema access to signalbox_app`);
    await q.query(`grant select, insert, update, delete on all tables in schema access to signalbox_app`);

    await q.query(`create schema policies`);
    await q.query(`
      create table policies.documents (
        name text not null,
        version integer not null,
        state text not null check (state in ('draft', 'active', 'retired')),
        body jsonb not null,
        created_by text not null,
        created_at timestamptz not null default now(),
        activated_at timestamptz,
        primary key (name, version)
      )`);
    await q.query(`create unique index documents_active on policies.documents (name) where state = 'active'`);
    await q.query(`grant usage on schema policies to signalbox_app`);
    await q.query(`grant select, insert, update, delete on all tables in schema policies to signalbox_app`);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`drop schema access cascade`);
    await q.query(`drop schema policies cascade`);
  }
}
