import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What leaves to people: mails that were handed over, and addresses to which nothing is sent any more. */
export class Outbound1795392000014 implements MigrationInterface {
  name = 'Outbound1795392000014';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`create schema if not exists outbound`);
    // Written before a mail leaves: a report that came as a mail is believed only about one of these.
    await q.query(`
      create table outbound.mails (
        message_id text primary key,       -- <reference of the effect@domain of the sender>
        run_id uuid not null,
        recipients bytea[] not null,       -- keyed hashes of the addresses
        recorded_at timestamptz not null,
        reported_at timestamptz            -- a report named it: it had left
      )`);
    await q.query(`create index mails_recorded_at on outbound.mails (recorded_at)`);
    await q.query(`
      create table outbound.suppressions (
        id uuid primary key,
        address_hash bytea not null unique, -- keyed: still there when the address itself was erased
        address bytea not null,            -- sealed under key_id
        key_id uuid not null,
        reason text not null check (reason in ('bounce', 'complaint', 'refused', 'person')),
        source text not null,              -- who or what says so: event:<id>, run:<id>, key:<id>
        note text,                         -- what the person wrote
        since timestamptz not null,
        removed_at timestamptz             -- a person took it back: only what is newer suppresses again
      )`);
    await q.query(`create index suppressions_active on outbound.suppressions (id) where removed_at is null`);
    await q.query(`grant usage on schema outbound to signalbox_app`);
    await q.query(`grant select, insert, update, delete on all tables in schema outbound to signalbox_app`);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`drop schema outbound cascade`);
  }
}
