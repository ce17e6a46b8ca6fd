import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What flows wait for: events, times, people; and the names under which runs are found. */
export class Waits1795392000011 implements MigrationInterface {
  name = 'Waits1795392000011';

  async up(q: QueryRunner): Promise<void> {
    // From when on events concern the run's next wait: what came before was for the wait before.
    await q.query(`
      alter table flow.runs
        add column listening_since timestamptz not null default now(),
        add column last_event uuid       -- the event that moved it last`);
    await q.query(`
      create table flow.waits (
        run_id uuid not null,
        flow text not null,
        event_type text not null,
        key bytea not null,              -- keyed hash of what the event and the run call the case
        visit integer not null,          -- of the step that waits; 0: wherever the run stands
        place integer not null,          -- which of the listeners
        primary key (run_id, visit, place)
      )`);
    await q.query(`create index waits_key on flow.waits (key, event_type)`);
    // Events that a flow listens to, kept for a while: one that waits for them may not have begun to.
    await q.query(`
      create table flow.kept_events (
        flow text not null,
        key bytea not null,
        message_id uuid not null,
        event_type text not null,
        at timestamptz not null default now(),
        primary key (flow, key, message_id)
      )`);
    await q.query(`create index kept_events_at on flow.kept_events (at)`);
    await q.query(`
      create table flow.run_keys (
        key bytea not null,              -- keyed hash
        run_id uuid not null,
        primary key (key, run_id)
      )`);
    await q.query(`
      create table flow.approvals (
        id uuid primary key,
        run_id uuid not null,
        flow text not null,
        step text not null,
        visit integer not null,
        state text not null check (state in ('open', 'approved', 'denied', 'expired', 'superseded')),
        what text not null,              -- one line for people, no personal data
        role text not null,
        version integer not null default 1,
        proposal bytea not null,         -- JSON, sealed under key_id
        proposal_hash bytea not null,    -- SHA-256 of the canonical JSON: what is approved is this and nothing else
        requested_by text not null,      -- the flow, or who amended it last
        key_id uuid not null,
        created_at timestamptz not null,
        expires_at timestamptz not null,
        decided_at timestamptz,
        decided_by text,
        reason text,
        unique (run_id, visit)
      )`);
    await q.query(`create index approvals_open on flow.approvals (id) where state = 'open'`);
    await q.query(`grant select, insert, update, delete on all tables in schema flow to signalbox_app`);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`drop table flow.waits, flow.kept_events, flow.run_keys, flow.approvals`);
    await q.query(`alter table flow.runs drop column listening_since, drop column last_event`);
  }
}
