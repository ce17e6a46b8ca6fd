import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the channels need: several updates a request, order by the provider's time, attachments, kinds of forms. */
export class Channels1795392000010 implements MigrationInterface {
  name = 'Channels1795392000010';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`
      alter table intake.inbound
        add column request_id uuid,       -- the request that told it: its raw body's id
        add column place integer not null default 0,
        add column event_type text,       -- what it became, e.g. intake.form-submitted.v1
        add column replay_of uuid`);
    await q.query(`update intake.inbound set request_id = id`);
    await q.query(`alter table intake.inbound drop constraint inbound_status_check`);
    await q.query(`
      alter table intake.inbound add constraint inbound_status_check
      check (status in ('accepted', 'rejected', 'ignored', 'superseded'))`);

    // The newest that was told under a key, by the provider's time or rank: what is older comes too late.
    await q.query(`
      create table intake.latest (
        channel text not null,
        key text not null,
        at bigint not null,
        updated_at timestamptz not null default now(),
        primary key (channel, key)
      ) with (fillfactor = 70)`);

    await q.query(`
      create table intake.attachments (
        id uuid primary key,
        inbound_id uuid not null,
        name bytea not null,             -- sealed under key_id
        content bytea not null,          -- sealed under key_id
        declared_type text not null,     -- what the sender claims
        media_type text not null,        -- what the bytes say
        size integer not null,
        key_id uuid not null
      ) partition by range (id)`);
    await q.query(`create table intake.attachments_default partition of intake.attachments default`);
    await q.query(`create index attachments_inbound on intake.attachments (inbound_id)`);
    await q.query(`insert into storage.partitioned_tables values ('intake.attachments', '1 day', '30 days')`);

    await q.query(`
      create table intake.channel_states (
        channel text not null,
        source text not null,
        last_accepted_at timestamptz,
        last_refused_at timestamptz,
        last_refused_code text,
        refused bigint not null default 0,
        primary key (channel, source)
      ) with (fillfactor = 70)`);
    // Providers that are asked what changed: one process at a time goes on from the cursor.
    await q.query(`
      create table intake.polls (
        name text primary key,
        enabled boolean not null default false,
        every_seconds integer not null,
        cursor text,
        next_at timestamptz not null default now(),
        owner uuid,
        lease_expires_at timestamptz,
        last_at timestamptz,
        last_error text,
        failures integer not null default 0,
        updated_by text not null,
        updated_at timestamptz not null default now()
      )`);
    await q.query(`
      alter table intake.forms
        add column via text not null default 'standard-webhooks'
          check (via in ('standard-webhooks', 'typeform', 'html', 'hubspot')),
        add column settings jsonb not null default '{}'`);
    await q.query(`grant select, insert, update, delete on all tables in schema intake to signalbox_app`);
    await q.query(`select storage.ensure_partitions('7 days')`);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`delete from storage.partitioned_tables where parent = 'intake.attachments'`);
    await q.query(`drop table intake.attachments, intake.latest, intake.channel_states, intake.polls`);
    await q.query(`alter table intake.forms drop column via, drop column settings`);
    await q.query(`delete from intake.inbound where status in ('ignored', 'superseded')`);
    await q.query(`alter table intake.inbound drop constraint inbound_status_check`);
    await q.query(`
      alter table intake.inbound add constraint inbound_status_check check (status in ('accepted', 'rejected'))`);
    await q.query(`
      alter table intake.inbound drop column request_id, drop column place, drop column event_type, drop column replay_of`);
  }
}
