import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Moves of deals between stages, so that many at once are recognised as one bulk move. */
export class DealMoves1795392000016 implements MigrationInterface {
  name = 'DealMoves1795392000016';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`
      create table crm.deal_moves (
        deal_id text not null,           -- the CRM's ids: a deal's, and an owner's; empty for nobody
        moved_at timestamptz not null,   -- by the CRM's clock
        owner_id text not null,
        burst_at timestamptz not null,   -- the first move of those that were made at once
        noted_at timestamptz not null default now(),
        primary key (deal_id, moved_at)
      )`);
    await q.query(`create index deal_moves_burst on crm.deal_moves (owner_id, burst_at)`);
    await q.query(`create index deal_moves_noted_at on crm.deal_moves (noted_at)`);
    await q.query(`grant select, insert, update, delete on crm.deal_moves to signalbox_app`);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`drop table crm.deal_moves`);
  }
}
