import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The billing context: how accounting systems are connected, and which overdue invoices were told of. */
export class Billing1795392000012 implements MigrationInterface {
  name = 'Billing1795392000012';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`create schema billing`);
    // One row for a provider's app: locked while its tokens are renewed, so that one process does it for all.
    await q.query(`
      create table billing.oauth_grants (
        provider text not null,
        client_id text not null,
        tenant_id text,                  -- the organisation; null: not chosen yet
        tokens bytea,                    -- JSON of the access and the refresh token, sealed under key_id
        key_id uuid,
        expires_at timestamptz,          -- of the access token
        has_refresh boolean not null default false,
        authorised_by text,              -- who asked for the authorization; null: the app's own credentials
        authorised_at timestamptz,
        renewed_at timestamptz,
        renewals integer not null default 0,
        primary key (provider, client_id)
      )`);
    await q.query(`
      create table billing.oauth_states (
        id uuid primary key,
        provider text not null,
        verifier bytea not null,         -- PKCE, sealed under key_id
        key_id uuid not null,
        created_by text not null,
        expires_at timestamptz not null
      )`);
    await q.query(`
      create table billing.overdue_seen (
        provider text not null,
        account text not null,
        invoice_id text not null,
        due_date date not null,
        message_id uuid not null,        -- the event that told of it
        seen_at timestamptz not null,
        primary key (provider, account, invoice_id, due_date)
      )`);
    await q.query(`
      create table billing.scans (
        name text primary key,
        every_seconds integer not null check (every_seconds > 0),
        next_at timestamptz not null default '-infinity', -- by the application's clock, which tests move
        owner uuid,
        lease_expires_at timestamptz,
        last_at timestamptz,
        last_result jsonb,               -- counts and codes, no personal data
        failures integer not null default 0
      )`);
    await q.query(`grant usage on schema billing to signalbox_app`);
    await q.query(`grant select, insert, update, delete on all tables in schema billing to signalbox_app`);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`drop schema billing cascade`);
  }
}
