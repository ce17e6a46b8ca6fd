import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Starts that wait for the end of the open run of their case, and which events a run was moved by. */
export class Cases1795392000019 implements MigrationInterface {
  name = 'Cases1795392000019';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`
      create table flow.deferred_starts (
        flow text not null,
        key bytea not null,              -- keyed hash of what the business calls the case by
        message_id uuid not null,        -- the event
        event_type text not null,
        at timestamptz not null default now(),
        primary key (flow, key, message_id)
      )`);
    await q.query(`
      create table flow.heard_events (
        run_id uuid not null,
        message_id uuid not null,        -- the event that moved it
        at timestamptz not null default now(),
        primary key (run_id, message_id)
      )`);
    await q.query(`create index heard_events_message on flow.heard_events (message_id)`);
    await q.query(`create index heard_events_at on flow.heard_events (at)`);
    await q.query(`
      insert into flow.heard_events (run_id, message_id)
      select id, last_event from flow.runs where last_event is not null`);
    // Until it leaves its first wait a run may be concerned by all that was accepted after the event that started it.
    await q.query(`
      alter table flow.runs drop column last_event, alter column listening_since set default '-infinity'`);
    await q.query(`grant select, insert, delete on flow.deferred_starts, flow.heard_events to signalbox_app`);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`
      alter table flow.runs add column last_event uuid, alter column listening_since set default now()`);
    await q.query(`drop table flow.deferred_starts, flow.heard_events`);
  }
}
