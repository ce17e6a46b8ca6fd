import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The effect ledger: one row for each thing that the system does, or would do, outside. */
export class Effects1795392000006 implements MigrationInterface {
  name = 'Effects1795392000006';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`create schema effects`);
    await q.query(`
      create table effects.effects (
        id uuid primary key,
        key bytea not null unique,       -- keyed hash of scope, step, visit, ordinal, target, generation
        delivery_id uuid not null,
        run_id uuid,
        flow text not null,
        step text not null,
        visit integer not null,
        generation integer not null,
        connector text not null,
        command text not null,
        class text not null check (class in ('idempotent', 'lookup', 'hold', 'repeatable')),
        state text not null check (state in
          ('planned', 'sending', 'confirmed', 'failed', 'uncertain', 'abandoned', 'shadowed')),
        request_hash bytea not null,     -- keyed hash of what is to be sent
        reference text not null,         -- what is written into the provider's object where it has room
        target bytea not null,           -- keyed hash of the business object
        attempts integer not null default 0,
        provider_id text,
        answer_digest bytea,
        result bytea,                    -- the step's result as JSON, sealed under key_id
        key_id uuid not null,
        summary text,                    -- for people: "created contact 123"; no personal data
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now()
      ) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02)`);
    await q.query(`create index effects_delivery on effects.effects (delivery_id)`);
    await q.query(`create index effects_run on effects.effects (run_id, id) where run_id is not null`);
    await q.query(`
      create index effects_open on effects.effects (state, id) where state in ('planned', 'sending', 'uncertain')`);
    await q.query(`
      create table effects.usage (
        flow text not null,
        recipient bytea not null,        -- empty: the flow as a whole
        hour timestamptz not null,
        used integer not null,
        primary key (flow, recipient, hour)
      ) with (fillfactor = 60)`);
    await q.query(`grant usage on schema effects to signalbox_app`);
    await q.query(`grant select, insert, update, delete on all tables in schema effects to signalbox_app`);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`drop schema effects cascade`);
  }
}
