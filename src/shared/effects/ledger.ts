import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { LeaseSettings } from '../messaging/lease-keeper.js';
import { OpenEffect, type EffectRecord, type PerformOptions } from './open-effect.js';

/** What a call outside may take at the most; what is left of the lease must cover it before the first byte leaves. */
const longestCallMs = 10_000;

/** The ledger of effects: what was planned, and what became of it. */
@Injectable()
export class EffectLedger {
  constructor(
    private readonly database: Database,
    private readonly leases: LeaseSettings,
  ) {}

  /** The planned effects of deliveries, by delivery: one statement. */
  async load(deliveryIds: readonly string[]): Promise<Map<string, EffectRecord>> {
    if (deliveryIds.length === 0) return new Map();
    const rows = await this.database.query<EffectRecord>(
      `select id, delivery_id, class, state, reference, attempts, result,
         (extract(epoch from key_known_until - clock_timestamp()) * 1000)::float8 as key_known_ms
       from effects.effects where delivery_id = any($1::uuid[])`,
      [deliveryIds],
    );
    return new Map(rows.map((row) => [row.delivery_id, row]));
  }

  /** The door that a use case gets, for one delivery. What it recorded is in `changes` afterwards. */
  open(record: EffectRecord | undefined, options: Omit<PerformOptions, 'marginMs'>): OpenEffect {
    const marginMs = Math.min(longestCallMs, (this.leases.leaseSeconds * 1000) / 3);
    return new OpenEffect(this.database, record, { ...options, marginMs });
  }
}
