import { Injectable } from '@nestjs/common';
import type { Tx } from '../database/tx.js';
import { defineError } from '../kernel/coded-error.js';
import type { MessageRow } from '../messaging/message-row.js';
import type { OutboxRider } from '../messaging/outbox.js';
import type { PlannedEffect } from './effect-row.js';

export const EffectConflict = defineError(
  'EFFECTS.CONFLICT',
  'conflict',
  'An effect with this key exists with another request and is past planning.',
);

/**
 * Inserts planned effects. The same key again is the same effect: it moves to the new delivery. With another request
 * it may change only while nothing was sent. One that an earlier run gave up is planned again for another run, where
 * whoever carries it out looks first.
 */
const plan = `
  with input as (
    select * from json_to_recordset($1::json) as e(id uuid, key text, delivery_id uuid, run_id uuid, flow text,
      step text, visit integer, generation integer, connector text, command text, class text, request_hash text,
      reference text, target text, key_id uuid))
  insert into effects.effects as e (id, key, delivery_id, run_id, flow, step, visit, generation, connector, command,
    class, state, request_hash, reference, target, key_id)
  select id, decode(key, 'base64'), delivery_id, run_id, flow, step, visit, generation, connector, command, class,
    'planned', decode(request_hash, 'base64'), reference, decode(target, 'base64'), key_id
  from input order by key
  on conflict (key) do update
    set delivery_id = excluded.delivery_id, request_hash = excluded.request_hash, updated_at = now(),
      state = case when e.state = 'abandoned' and e.class = 'lookup' and e.run_id <> excluded.run_id then 'planned'
        else e.state end
    where e.state = 'planned' or e.request_hash = excluded.request_hash
  returning e.id`;

/** Effects that ride in the commit of the hop that asks for them. */
@Injectable()
export class PlannedEffects implements OutboxRider {
  /** One statement, none when no message has an effect. @throws EFFECTS.CONFLICT */
  async ride(tx: Tx, messages: readonly MessageRow[]): Promise<void> {
    const rows = messages.flatMap(({ effect }) => (effect ? [effect as PlannedEffect] : []));
    if (rows.length === 0) return;
    const written = await tx.query(plan, [JSON.stringify(rows)]);
    if (written.length !== rows.length) throw EffectConflict();
  }
}
