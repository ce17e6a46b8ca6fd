import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The business contexts' own tables: intake, enrichment, crm. */
export class Contexts1795392000008 implements MigrationInterface {
  name = 'Contexts1795392000008';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`create schema intake`);
    await q.query(`
      create table intake.forms (
        name text primary key,
        enabled boolean not null default true,
        fields jsonb not null,           -- JSON Schema of the submitted fields
        mapping jsonb not null,          -- lead field → submitted field
        revision integer not null default 1,
        updated_by text not null,
        updated_at timestamptz not null default now()
      )`);
    // Narrow and unpartitioned: what makes a delivery unique. Kept longer than any provider retries.
    await q.query(`
      create table intake.dedupe_keys (
        channel text not null,
        key text not null,
        inbound_id uuid not null,
        received_at timestamptz not null default now(),
        primary key (channel, key)
      )`);
    await q.query(`
      create table intake.inbound (
        id uuid primary key,
        channel text not null,           -- forms
        source text not null,            -- the form's name
        delivery_key text not null,
        status text not null check (status in ('accepted', 'rejected')),
        problem jsonb,                   -- why it was rejected; field names, no values
        message_id uuid,
        content_type text not null,
        size integer not null,
        key_id uuid not null,
        received_at timestamptz not null
      ) partition by range (id)`);
    await q.query(`create table intake.inbound_default partition of intake.inbound default`);
    await q.query(`create index inbound_channel on intake.inbound (channel, source, id)`);
    await q.query(`create index inbound_key on intake.inbound (delivery_key)`);
    await q.query(`create index inbound_rejected on intake.inbound (id) where status = 'rejected'`);
    await q.query(`
      create table intake.raw_bodies (
        id uuid primary key,             -- of the inbound delivery
        body bytea not null,             -- sealed under key_id
        key_id uuid not null
      ) partition by range (id)`);
    await q.query(`create table intake.raw_bodies_default partition of intake.raw_bodies default`);
    await q.query(`
      insert into storage.partitioned_tables values
        ('intake.inbound', '1 day', '30 days'), ('intake.raw_bodies', '1 day', '30 days')`);

    await q.query(`create schema enrichment`);
    await q.query(`
      create table enrichment.leads (
        id uuid primary key,
        submission_id uuid not null,
        document bytea not null,         -- the enriched lead with source and confidence of each field, sealed
        key_id uuid not null,
        score integer not null,
        policy_version integer not null,
        created_at timestamptz not null
      )`);

    await q.query(`create schema crm`);
    await q.query(`
      create table crm.contacts (
        subject bytea primary key,       -- keyed hash of the e-mail address or phone number
        provider_id text not null,
        submitted_at timestamptz not null, -- of the newest lead that was applied: an older one comes too late
        updated_at timestamptz not null
      )`);
    for (const schema of ['intake', 'enrichment', 'crm']) {
      await q.query(`grant usage on schema ${schema} to signalbox_app`);
      await q.query(
        `grant select, insert, update, delete on all tables in schema ${schema} to signalbox_app`,
      );
    }
    await q.query(`select storage.ensure_partitions('7 days')`);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`delete from storage.partitioned_tables where parent like 'intake.%'`);
    for (const schema of ['intake', 'enrichment', 'crm']) await q.query(`drop schema ${schema} cascade`);
  }
}
