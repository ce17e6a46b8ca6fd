import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The audit log: appended to in the transaction of what it describes, and never changed. */
export class Audit1795392000003 implements MigrationInterface {
  name = 'Audit1795392000003';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`create schema audit`);
    await q.query(`
      create table audit.entries (
        id uuid primary key,
        seq bigint generated always as identity,
        at timestamptz not null,
        actor text not null,         -- key:…, flow:…, channel:…, system
        action text not null,        -- intake.event-accepted, effects.confirmed, …
        outcome text not null check (outcome in ('ok', 'refused', 'failed')),
        subject text,                -- what it was done to: run:…, delivery:…, api-key:…
        run_id uuid,
        body text not null           -- the whole entry as canonical JSON (RFC 8785), no personal data in clear
      ) partition by range (id)`);
    await q.query(`create table audit.entries_default partition of audit.entries default`);
    await q.query(`create index entries_run on audit.entries (run_id, id) where run_id is not null`);
    await q.query(`create index entries_subject on audit.entries (subject, id) where subject is not null`);
    await q.query(`create index entries_action on audit.entries (action, id)`);
    await q.query(`create index entries_actor on audit.entries (actor, id)`);
    await q.query(`insert into storage.partitioned_tables values ('audit.entries', '1 month', null)`);
    await q.query(`
      create function audit.refuse_change() returns trigger language plpgsql as $$
      begin
        raise exception 'audit entries are append-only' using errcode = '42501';
      end $$`);
    await q.query(`
      create trigger entries_append_only before update or delete on audit.entries
      for each row execute function audit.refuse_change()`);
    await q.query(`
      create trigger entries_no_truncate before truncate on audit.entries
      for each statement execute function audit.refuse_change()`);
    await q.query(`grant usage on schema audit to signalbox_app`);
    await q.query(`grant select, insert on audit.entries to signalbox_app`);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`delete from storage.partitioned_tables where parent like 'audit.%'`);
    await q.query(`drop schema audit cascade`);
  }
}
