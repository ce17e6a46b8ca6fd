import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What every context's tables rest on: the application's role, and partitions by UUIDv7.
 *
 * Big tables are partitioned by the range of their id, whose first 48 bits are the time; so the primary key
 * stays one column and rows are found by id alone. The functions run with their owner's rights: the
 * application's role may ask for a partition, and owns none.
 */
export class Foundation1795392000001 implements MigrationInterface {
  name = 'Foundation1795392000001';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`
      do $$ begin
        if not exists (select from pg_roles where rolname = 'signalbox_app') then
          create role signalbox_app nologin;
        end if;
      end $$`);
    await q.query(`create schema storage`);
    await q.query(`grant usage on schema storage to signalbox_app`);
    await q.query(`
      create function storage.first_id_at(instant timestamptz) returns uuid language sql immutable as $$
        select (lpad(to_hex((extract(epoch from instant) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
      $$`);
    await q.query(`
      create table storage.partitioned_tables (
        parent text primary key,
        width interval not null,
        keep interval -- null: kept for ever
      )`);
    await q.query(`
      create function storage.ensure_partitions(ahead interval) returns integer
      language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
      declare
        t record; lower timestamptz; upper timestamptz; child text; made integer := 0;
      begin
        for t in select * from storage.partitioned_tables order by parent loop
          lower := date_trunc(case when t.width >= interval '1 month' then 'month' else 'day' end, now(), 'UTC');
          while lower < now() + ahead loop
            upper := lower + t.width;
            child := split_part(t.parent, '.', 2) || '_' || to_char(lower at time zone 'UTC', 'YYYYMMDD');
            if to_regclass(format('%I.%I', split_part(t.parent, '.', 1), child)) is null then
              execute format('create table %I.%I partition of %s for values from (%L) to (%L)',
                split_part(t.parent, '.', 1), child, t.parent,
                storage.first_id_at(lower), storage.first_id_at(upper));
              made := made + 1;
            end if;
            lower := upper;
          end loop;
        end loop;
        return made;
      end $$`);
    await q.query(`revoke all on function storage.ensure_partitions(interval) from public`);
    await q.query(`grant execute on function storage.ensure_partitions(interval) to signalbox_app`);
    await q.query(`grant execute on function storage.first_id_at(timestamptz) to signalbox_app`);
    await q.query(`grant select on storage.partitioned_tables to signalbox_app`);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`drop schema storage cascade`);
  }
}
