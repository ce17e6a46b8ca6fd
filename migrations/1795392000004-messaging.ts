import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The spine: outbox, live deliveries, leases of keys, attempts, dead letters, timers, workers. */
export class Messaging1795392000004 implements MigrationInterface {
  name = 'Messaging1795392000004';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`create schema messaging`);
    // The outbox. aggregatetype, aggregateid, type and payload are the columns that Debezium's router reads.
    await q.query(`
      create table messaging.messages (
        id uuid primary key,
        kind text not null check (kind in ('event', 'command')),
        aggregatetype text not null,
        aggregateid text not null,
        type text not null,
        payload bytea not null,      -- the CloudEvent's data as JSON, sealed under key_id
        key_id uuid not null,
        source text not null,
        time timestamptz not null,
        correlationid uuid not null,
        causationid uuid,
        partitionkey text not null,
        traceparent text
      ) partition by range (id)`);
    await q.query(`create table messaging.messages_default partition of messaging.messages default`);
    await q.query(`create index messages_correlation on messaging.messages (correlationid, id)`);

    await q.query(`
      create table messaging.subscriptions (
        event_type text not null,
        subscriber text not null,    -- flow:new-lead, or a read model's name
        handler text not null,
        flow text not null,
        lane text not null,
        capability text not null,    -- what a process must know to run it
        active boolean not null default true,
        primary key (event_type, subscriber)
      )`);

    await q.query(`create sequence messaging.fences cache 100`);
    await q.query(`
      create table messaging.deliveries (
        id uuid primary key,
        seq bigint generated always as identity,
        message_id uuid not null,
        type text not null,
        handler text not null,
        lane text not null,
        capability text not null,
        flow text not null,
        run_id uuid,
        step text not null default '',
        visit integer not null default 0,
        order_key bytea,
        hold boolean not null default false,
        max_attempts integer not null,
        state text not null default 'pending' check (state in ('pending', 'leased', 'suspect', 'parked')),
        due_at timestamptz not null default now(),
        attempts integer not null default 0,
        crashes integer not null default 0,
        owner uuid,
        fence bigint,
        lease_expires_at timestamptz,
        created_at timestamptz not null default now()
      ) with (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000)`);
    await q.query(`
      create index deliveries_due on messaging.deliveries (lane, capability, due_at)
      where state = 'pending' and order_key is null`);
    await q.query(`
      create index deliveries_ordered on messaging.deliveries (order_key, seq) where order_key is not null`);
    await q.query(`
      create index deliveries_ordered_due on messaging.deliveries (lane, capability, due_at)
      where state = 'pending' and order_key is not null`);
    // Suspects were leased by a worker that died: each is run alone.
    await q.query(`create index deliveries_suspect on messaging.deliveries (seq) where state = 'suspect'`);
    await q.query(
      `create index deliveries_leased on messaging.deliveries (lease_expires_at) where state = 'leased'`,
    );
    await q.query(`create index deliveries_run on messaging.deliveries (run_id) where run_id is not null`);
    await q.query(`
      create table messaging.key_leases (
        order_key bytea primary key,
        owner uuid not null,
        fence bigint not null,
        expires_at timestamptz not null
      ) with (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000)`);

    // One row an attempt; the attempt that ended a delivery carries its one outcome.
    await q.query(`
      create table messaging.attempts (
        id uuid primary key,
        delivery_id uuid not null,
        message_id uuid not null,
        type text not null,
        run_id uuid,
        flow text not null,
        step text not null,
        visit integer not null,
        number integer not null,
        outcome text not null check (outcome in
          ('done', 'retry', 'dead', 'uncertain', 'cancelled', 'discarded', 'crashed')),
        decision jsonb,
        error jsonb,
        started_at timestamptz not null,
        finished_at timestamptz not null,
        worker uuid not null,
        traceparent text
      ) partition by range (id)`);
    await q.query(`create table messaging.attempts_default partition of messaging.attempts default`);
    await q.query(`create index attempts_run on messaging.attempts (run_id, id) where run_id is not null`);
    await q.query(`create index attempts_delivery on messaging.attempts (delivery_id, id)`);

    await q.query(`
      create table messaging.dead_letters (
        delivery_id uuid primary key,
        status text not null check (status in ('dead', 'uncertain', 'retried', 'discarded')),
        message_id uuid not null,
        type text not null,
        handler text not null,
        lane text not null,
        capability text not null,
        flow text not null,
        run_id uuid,
        step text not null,
        visit integer not null,
        order_key bytea,
        hold boolean not null,
        max_attempts integer not null,
        payload bytea not null,
        key_id uuid not null,
        code text not null,
        error jsonb not null,
        attempts integer not null,
        created_at timestamptz not null,
        died_at timestamptz not null default now(),
        closed_at timestamptz,
        closed_by text,
        close_reason text
      )`);
    await q.query(`
      create index dead_letters_open on messaging.dead_letters (delivery_id) where status in ('dead', 'uncertain')`);
    await q.query(
      `create index dead_letters_run on messaging.dead_letters (run_id) where run_id is not null`,
    );

    await q.query(`
      create table messaging.timers (
        id uuid primary key,
        due_at timestamptz not null,
        message_id uuid not null,
        type text not null,
        handler text not null,
        lane text not null,
        capability text not null,
        flow text not null,
        run_id uuid,
        step text not null,
        visit integer not null,
        order_key bytea,
        hold boolean not null,
        max_attempts integer not null
      )`);
    await q.query(`create index timers_due on messaging.timers (due_at)`);
    await q.query(`create index timers_run on messaging.timers (run_id) where run_id is not null`);

    await q.query(`
      create table messaging.workers (
        id uuid primary key,
        name text not null,
        roles text[] not null,
        capabilities text[] not null,
        started_at timestamptz not null default now(),
        seen_at timestamptz not null default now()
      ) with (fillfactor = 60)`);
    await q.query(`
      create table messaging.pauses (
        kind text not null check (kind in ('flow', 'connector')),
        name text not null,
        reason text not null,
        paused_by text not null,
        paused_at timestamptz not null default now(),
        primary key (kind, name)
      )`);
    await q.query(`
      insert into storage.partitioned_tables values
        ('messaging.messages', '1 day', '30 days'), ('messaging.attempts', '1 day', '30 days')`);
    await q.query(`grant usage on schema messaging to signalbox_app`);
    await q.query(`grant select, insert, update, delete on all tables in schema messaging to signalbox_app`);
    await q.query(`grant usage on all sequences in schema messaging to signalbox_app`);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`delete from storage.partitioned_tables where parent like 'messaging.%'`);
    await q.query(`drop schema messaging cascade`);
  }
}
