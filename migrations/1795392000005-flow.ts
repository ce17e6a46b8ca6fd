import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Flow versions, their settings, and runs. */
export class Flow1795392000005 implements MigrationInterface {
  name = 'Flow1795392000005';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`create schema flow`);
    await q.query(`
      create table flow.versions (
        flow text not null,
        version integer not null,
        hash text not null,          -- of the state table: a changed table needs a new version
        definition jsonb not null,   -- its steps and commands, for readers
        registered_at timestamptz not null default now(),
        primary key (flow, version)
      )`);
    await q.query(`
      create table flow.settings (
        flow text primary key,
        active_version integer not null,
        mode text not null check (mode in ('off', 'shadow', 'redirect', 'live')),
        mode_since timestamptz not null default '-infinity',
        previous_mode text not null default 'off', -- for events from before mode_since
        caps jsonb not null default '{}',
        redirect jsonb not null default '{}',
        revision integer not null default 1,
        updated_by text not null,
        updated_at timestamptz not null default now()
      )`);
    await q.query(`
      create table flow.runs (
        id uuid primary key,
        flow text not null,
        version integer not null,
        mode text not null,
        status text not null check (status in ('running', 'held', 'cancelling', 'done', 'failed', 'cancelled')),
        step text not null,
        visit integer not null default 1,
        generation integer not null default 0,
        state bytea not null,        -- JSON, sealed under key_id
        key_id uuid not null,
        business_key bytea not null, -- keyed hash
        started_by uuid not null,    -- the event
        reason text,
        traceparent text,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        finished_at timestamptz
      ) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02)`);
    await q.query(`create index runs_flow on flow.runs (flow, id)`);
    await q.query(`create index runs_business_key on flow.runs (business_key, id)`);
    await q.query(`
      create index runs_open on flow.runs (status, id) where status in ('running', 'held', 'cancelling')`);
    await q.query(
      `create index runs_unhappy on flow.runs (status, id) where status in ('failed', 'cancelled')`,
    );
    await q.query(`
      create index runs_open_by_flow on flow.runs (flow, status)
      where status in ('running', 'held', 'cancelling')`);
    await q.query(`create index runs_started_by on flow.runs (started_by)`);
    await q.query(`grant usage on schema flow to signalbox_app`);
    await q.query(`grant select, insert, update, delete on all tables in schema flow to signalbox_app`);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`drop schema flow cascade`);
  }
}
