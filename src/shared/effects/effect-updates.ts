import type { Tx } from '../database/tx.js';
import type { ChangeSet } from '../messaging/outcome.js';
import type { EffectState } from './effect-row.js';

/** What became of an effect; absent values leave what the ledger has. */
export interface EffectUpdate {
  id: string;
  state: EffectState;
  provider_id: string | null;
  answer_digest: string | null;
  result: string | null;
  /** What the result is sealed with. */
  key_id: string | null;
  summary: string | null;
}

/** Writes what became of effects, with the outcomes of their steps. */
export const effectUpdates: ChangeSet<EffectUpdate> = {
  table: 'effects.effects',
  keyOf: ({ id }) => id,
  async write(tx: Tx, rows: readonly EffectUpdate[]) {
    await tx.query(
      `update effects.effects e
       set state = u.state, provider_id = coalesce(u.provider_id, e.provider_id), summary = coalesce(u.summary, e.summary),
         answer_digest = coalesce(decode(u.answer_digest, 'base64'), e.answer_digest),
         result = coalesce(decode(u.result, 'base64'), e.result), key_id = coalesce(u.key_id, e.key_id),
         attempts = e.attempts + 1, updated_at = now()
       from json_to_recordset($1::json) as u(id uuid, state text, provider_id text, answer_digest text, result text,
         key_id uuid, summary text)
       where e.id = u.id and e.id = any($2::uuid[])`,
      [JSON.stringify(rows), rows.map(({ id }) => id)],
    );
  },
};

/** Where an effect's stored answer is sealed to. */
export function resultPlace(effectId: string): string {
  return `effects.effects|result|${effectId}`;
}
