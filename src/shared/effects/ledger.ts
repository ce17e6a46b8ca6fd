import { Injectable } from '@nestjs/common';
import { KeyRing } from '../crypto/key-ring.js';
import { KeyedHash } from '../crypto/keyed-hash.js';
import { Database } from '../database/database.js';
import { definitionOfType } from '../kernel/message.js';
import { LeaseSettings } from '../messaging/lease-keeper.js';
import { effectKey, type EffectAsker } from './effect-row.js';
import { OpenEffect, type EffectRecord, type PerformOptions } from './open-effect.js';

/** What a call outside may take at the most; what is left of the lease must cover it before the first byte leaves. */
const longestCallMs = 10_000;

/** A delivery whose command declares an effect. */
export interface AskingDelivery extends EffectAsker {
  readonly deliveryId: string;
  readonly type: string;
  readonly data: object;
}

interface EffectRow extends Omit<EffectRecord, 'key'> {
  readonly effect_key: Buffer;
  readonly key_id: string;
}

const columns = `id, key as effect_key, delivery_id, class, state, reference, attempts, result, key_id,
  (extract(epoch from key_known_until - statement_timestamp()) * 1000)::float8 as key_known_ms`;

/** The ledger of effects: what was planned, and what became of it. */
@Injectable()
export class EffectLedger {
  constructor(
    private readonly database: Database,
    private readonly keyRing: KeyRing,
    private readonly hash: KeyedHash,
    private readonly leases: LeaseSettings,
  ) {}

  /** The planned effects of deliveries, by delivery: one statement. An effect of the business may be that of several. */
  async load(deliveries: readonly AskingDelivery[]): Promise<Map<string, EffectRecord>> {
    if (deliveries.length === 0) return new Map();
    const shared = deliveries.flatMap((one) => {
      const { effect } = definitionOfType(one.type)?.options ?? {};
      if (effect?.scope !== 'business') return [];
      return [{ id: one.deliveryId, key: effectKey(effect, one.data, one, this.hash).toString('hex') }];
    });
    const ids = deliveries.map(({ deliveryId }) => deliveryId);
    const rows = await this.rows(ids, [...new Set(shared.map(({ key }) => key))]);
    const keys = await this.keyRing.load(rows.filter(({ result }) => result).map(({ key_id }) => key_id));
    const records = rows.map((row) => ({ row, record: { ...row, key: keys.get(row.key_id) } }));
    const byKey = new Map(records.map(({ row, record }) => [row.effect_key.toString('hex'), record]));
    return new Map([
      ...records.map(({ record }) => [record.delivery_id, record] as const),
      ...shared.flatMap(({ id, key }) => {
        const record = byKey.get(key);
        return record ? [[id, record] as const] : [];
      }),
    ]);
  }

  private async rows(ids: readonly string[], keys: readonly string[]): Promise<EffectRow[]> {
    const byKey = `union select ${columns} from effects.effects
       where key in (select decode(k, 'hex') from unnest($2::text[]) as k)`;
    return this.database.query<EffectRow>(
      `select ${columns} from effects.effects where delivery_id = any($1::uuid[]) ${keys.length > 0 ? byKey : ''}`,
      keys.length > 0 ? [ids, keys] : [ids],
    );
  }

  /** The door that a use case gets, for one delivery. What it recorded is in `changes` afterwards. */
  open(record: EffectRecord | undefined, options: Omit<PerformOptions, 'marginMs'>): OpenEffect {
    const marginMs = Math.min(longestCallMs, (this.leases.leaseSeconds * 1000) / 3);
    return new OpenEffect(this.database, record, { ...options, marginMs });
  }
}
