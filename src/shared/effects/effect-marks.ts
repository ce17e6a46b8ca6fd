import type { Database } from '../database/database.js';

/**
 * Durable before the first byte leaves, so that only what may truly have left becomes uncertain.
 * @param keyMs for how long the provider will know the key; 0 where it knows none. What is said of this sending holds
 * for it, whatever is said of the provider later
 */
export async function markSending(database: Database, effectId: string, keyMs: number): Promise<void> {
  await database.query(
    `update effects.effects set state = 'sending', updated_at = now(),
       key_known_until = case when $2::float8 > 0 then clock_timestamp() + $2::float8 * interval '1 ms' end
     where id = $1`,
    [effectId, keyMs],
  );
}

/** Nothing has left after all. */
export async function markPlanned(database: Database, effectId: string): Promise<void> {
  await database.query(
    `update effects.effects set state = 'planned', key_known_until = null, updated_at = now() where id = $1`,
    [effectId],
  );
}
