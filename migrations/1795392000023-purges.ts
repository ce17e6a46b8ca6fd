import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What housekeeping needs in order to remove what is past its time. */
export class Purges1795392000023 implements MigrationInterface {
  name = 'Purges1795392000023';

  async up(q: QueryRunner): Promise<void> {
    // Block ranges cost an insert next to nothing, and rows lie in the order of their times.
    await q.query(`create index dedupe_keys_received on intake.dedupe_keys using brin (received_at)`);
    await q.query(`create index latest_updated on intake.latest using brin (updated_at)`);

    // As ensure_partitions: the application's role owns no table. Whoever waits for the lock holds up all who write, so
    // not for long; the next hour tries again.
    await q.query(`
      create function storage.drop_expired(wanted text) returns integer
      language plpgsql security definer set search_path = pg_catalog, pg_temp set lock_timeout = '2s' as $$
      declare
        t record; child record; dropped integer := 0;
      begin
        select * into t from storage.partitioned_tables where parent = wanted and keep is not null;
        if not found then return 0; end if;
        for child in
          select c.relname, to_date(substring(c.relname from '_(\\d{8})$'), 'YYYYMMDD') as day
          from pg_inherits i join pg_class c on c.oid = i.inhrelid
          where i.inhparent = to_regclass(wanted) and c.relname ~ '_\\d{8}$' order by 1
        loop
          if (child.day + t.width) at time zone 'UTC' < now() - t.keep then
            execute format('drop table %I.%I', split_part(wanted, '.', 1), child.relname);
            dropped := dropped + 1;
          end if;
        end loop;
        execute format('delete from %I.%I where id < $1', split_part(wanted, '.', 1),
          split_part(wanted, '.', 2) || '_default') using storage.first_id_at(now() - t.keep);
        return dropped;
      end $$`);
    await q.query(`revoke all on function storage.drop_expired(text) from public`);
    await q.query(`grant execute on function storage.drop_expired(text) to signalbox_app`);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`drop function storage.drop_expired(text)`);
    await q.query(`drop index intake.dedupe_keys_received, intake.latest_updated`);
  }
}
