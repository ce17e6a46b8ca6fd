import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Drafts with revisions, and what was decided by which version: a draft is tried on what happened. */
export class Policies1795392000013 implements MigrationInterface {
  name = 'Policies1795392000013';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`
      alter table policies.documents
        add column revision integer not null default 1, -- counts the changes of all versions of a name
        add column updated_by text,
        add column updated_at timestamptz not null default now(),
        add column activated_by text,
        add column reason text,
        add column retired_at timestamptz`);
    await q.query(`create unique index documents_draft on policies.documents (name) where state = 'draft'`);
    await q.query(`
      create table policies.decisions (
        id uuid primary key,
        policy text not null,
        version integer not null,
        run_id uuid not null,
        flow text not null,
        step text not null,
        input bytea not null,            -- what was decided on, JSON, sealed under key_id
        key_id uuid not null,
        outcome jsonb not null,          -- what was decided; no personal data
        at timestamptz not null
      ) partition by range (id)`);
    await q.query(`create table policies.decisions_default partition of policies.decisions default`);
    await q.query(`create index decisions_policy on policies.decisions (policy, id)`);
    await q.query(`create index decisions_run on policies.decisions (run_id, id)`);
    await q.query(`
      insert into storage.partitioned_tables values ('policies.decisions', '1 day', '30 days')`);
    await q.query(`grant select, insert, update, delete on all tables in schema policies to signalbox_app`);
    await q.query(`select storage.ensure_partitions('7 days')`);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`delete from storage.partitioned_tables where parent = 'policies.decisions'`);
    await q.query(`drop table policies.decisions`);
    await q.query(`drop index policies.documents_draft`);
    await q.query(`
      alter table policies.documents drop column revision, drop column updated_by, drop column updated_at,
        drop column activated_by, drop column reason, drop column retired_at`);
  }
}
