import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Until when a provider knows the key of an effect again that may have been sent. */
export class EffectKeys1795392000015 implements MigrationInterface {
  name = 'EffectKeys1795392000015';

  async up(q: QueryRunner): Promise<void> {
    // Set when the effect is sent for the first time, and never later: the provider counts from then, too.
    await q.query(`alter table effects.effects add column key_known_until timestamptz`);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`alter table effects.effects drop column key_known_until`);
  }
}
