import { Injectable } from '@nestjs/common';
import { appendAudit } from '../audit/append-audit.js';
import { sealJson } from '../crypto/field-cipher.js';
import { KeyRing } from '../crypto/key-ring.js';
import { Database } from '../database/database.js';
import { Clock } from '../kernel/clock.js';
import { defineError } from '../kernel/coded-error.js';
import { DeadLetters } from '../messaging/dead-letters.js';
import { resultPlace } from './effect-updates.js';

export const EffectNotUncertain = defineError(
  'EFFECTS.NOT_UNCERTAIN',
  'conflict',
  'The effect does not exist or is not uncertain (any more).',
);

export const EffectNotResendable = defineError(
  'EFFECTS.NOT_RESENDABLE',
  'conflict',
  'The run of this effect has ended, so nothing will send it again: redo the run, or abandon the effect.',
);

/** What a person found out about an effect of which the system could not tell whether it happened. */
export type EffectDecision =
  | { decision: 'confirmed'; providerId?: string; result?: unknown }
  | { decision: 'resend' }
  | { decision: 'abandoned' };

/** How `uncertain` ends by a person's word. The step then goes on, is sent again, or fails. */
@Injectable()
export class EffectDecisions {
  constructor(
    private readonly database: Database,
    private readonly deadLetters: DeadLetters,
    private readonly keyRing: KeyRing,
    private readonly clock: Clock,
  ) {}

  /** @throws EFFECTS.NOT_UNCERTAIN */
  async decide(effectId: string, decision: EffectDecision, reason: string, actor: string): Promise<void> {
    await this.database.transaction(async (tx) => {
      const [effect] = await tx.query<{ delivery_id: string; run_id: string | null; key_id: string }>(
        `select delivery_id, run_id, key_id from effects.effects where id = $1 and state = 'uncertain' for update`,
        [effectId],
      );
      if (!effect) throw EffectNotUncertain();
      const confirmed = decision.decision === 'confirmed' ? decision : undefined;
      const key = await this.keyRing.loadOne(effect.key_id);
      const result = confirmed ? sealJson(key, resultPlace(effectId), confirmed.result ?? {}) : null;
      const state = { confirmed: 'confirmed', resend: 'planned', abandoned: 'abandoned' }[decision.decision];
      await tx.query(
        `update effects.effects set state = $2, provider_id = coalesce($3, provider_id),
           result = coalesce($4::bytea, result), updated_at = now() where id = $1`,
        [effectId, state, confirmed?.providerId ?? null, result],
      );
      const moved = await this.deadLetters.retryIn(tx, [effect.delivery_id], actor);
      if (moved.length === 0 && decision.decision === 'resend') throw EffectNotResendable();
      await appendAudit(
        tx,
        [
          {
            actor,
            action: `effects.${decision.decision}-by-person`,
            outcome: 'ok',
            subject: `effect:${effectId}`,
            runId: effect.run_id ?? undefined,
            details: { reason },
          },
        ],
        this.clock.now(),
      );
    });
  }
}
