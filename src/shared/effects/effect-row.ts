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

export interface EffectPlace {
  readonly deliveryId: string;
  readonly runId: string;
  readonly flow: string;
  readonly step: string;
  readonly visit: number;
  readonly generation: number;
  readonly keyId: string;
}

/**
 * Plans the effect of a command. The key covers scope, step, visit, ordinal, target and generation; hashes are keyed,
 * so that nothing personal survives an erasure in them.
 */
export function planEffect(
  declaration: EffectDeclaration<never>,
  command: string,
  data: object,
  place: EffectPlace,
  hash: KeyedHash,
): PlannedEffect {
  const target = declaration.target(data as never);
  const scope = declaration.scope === 'business' ? 'business' : place.runId;
  const visit = declaration.scope === 'business' ? 0 : place.visit;
  const identity = [scope, place.flow, place.step, visit, 0, target, place.generation];
  const key = hash.of('effect-key', JSON.stringify(identity));
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
    request_hash: hash.of('effect-request', JSON.stringify(data)).toString('base64'),
    reference: `sbx-${key.toString('hex').slice(0, 24)}`,
    target: hash.of('effect-target', target).toString('base64'),
    key_id: place.keyId,
  };
}
