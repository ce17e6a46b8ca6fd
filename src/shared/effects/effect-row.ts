import type { KeyedHash } from '../crypto/keyed-hash.js';
import { newId } from '../kernel/ids.js';
import type { EffectDeclaration } from '../kernel/message.js';

export type EffectState =
  'planned' | 'sending' | 'confirmed' | 'failed' | 'uncertain' | 'abandoned' | 'shadowed';

/** A row of the ledger as it is planned, in the commit of the hop that emits the command. */
export interface PlannedEffect {
  readonly id: string;
  /** Base64. What makes the effect one: a retry has the same, a redo has another. */
  readonly key: string;
  readonly delivery_id: string;
  readonly run_id: string;
  readonly flow: string;
  readonly step: string;
  readonly visit: number;
  readonly generation: number;
  readonly connector: string;
  readonly command: string;
  readonly class: string;
  readonly request_hash: string;
  readonly reference: string;
  readonly target: string;
  readonly key_id: string;
}

/** Which step of which run asks for an effect. */
export interface EffectAsker {
  readonly runId: string;
  readonly flow: string;
  readonly step: string;
  readonly visit: number;
  readonly generation: number;
}

export interface EffectPlace extends EffectAsker {
  readonly deliveryId: string;
  readonly keyId: string;
}

/** What makes an effect one: it covers scope, step, visit, ordinal, target and generation. */
export function effectKey(
  declaration: EffectDeclaration<never>,
  data: object,
  asker: EffectAsker,
  hash: KeyedHash,
): Buffer {
  const isShared = declaration.scope === 'business';
  const [scope, visit] = isShared ? ['business', 0] : [asker.runId, asker.visit];
  const target = declaration.target(data as never);
  const identity = [scope, asker.flow, asker.step, visit, 0, target, asker.generation];
  return hash.of('effect-key', JSON.stringify(identity));
}

/** Plans the effect of a command. Hashes are keyed, so that nothing personal survives an erasure in them. */
export function planEffect(
  declaration: EffectDeclaration<never>,
  command: string,
  data: object,
  place: EffectPlace,
  hash: KeyedHash,
): PlannedEffect {
  const key = effectKey(declaration, data, place, hash);
  const request = declaration.request?.(data as never) ?? data;
  return {
    id: newId(),
    key: key.toString('base64'),
    delivery_id: place.deliveryId,
    run_id: place.runId,
    flow: place.flow,
    step: place.step,
    visit: place.visit,
    generation: place.generation,
    connector: declaration.connector,
    command,
    class: declaration.class,
    request_hash: hash.of('effect-request', JSON.stringify(request)).toString('base64'),
    reference: `sbx-${key.toString('hex').slice(0, 24)}`,
    target: hash.of('effect-target', declaration.target(data as never)).toString('base64'),
    key_id: place.keyId,
  };
}
