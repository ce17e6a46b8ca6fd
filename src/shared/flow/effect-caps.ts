import { Injectable, Logger } from '@nestjs/common';
import { Database } from '../database/database.js';
import type { EffectRecord } from '../effects/open-effect.js';
import type { Lease } from '../messaging/lease.js';
import { FlowSettings, type FlowSetting } from './flow-settings.js';
import type { RunRow } from './runs.js';

/** Counts an effect at its first attempt, and says which ones are over a cap; their counts are given back. */
const charge = `
  with input as (
    select * from json_to_recordset($1::json) as c(delivery_id uuid, effect_id uuid, flow text, per_hour integer,
      per_recipient integer)),
  wanted as (
    select i.flow, ''::bytea as recipient, count(*) as n, max(i.per_hour) as cap from input i
    where i.per_hour is not null group by i.flow
    union all
    select i.flow, e.target, count(*), max(i.per_recipient)
    from input i join effects.effects e on e.id = i.effect_id where i.per_recipient is not null group by 1, 2),
  counted as (
    insert into effects.usage as u (flow, recipient, hour, used)
    select flow, recipient, date_trunc('hour', now()), n from wanted order by flow, recipient
    on conflict (flow, recipient, hour) do update set used = u.used + excluded.used
    returning flow, recipient, used)
  select c.flow, w.cap, c.used - w.cap as over from counted c join wanted w using (flow, recipient)
  where c.used > w.cap`;

/** Caps on what a flow may do: when one is exceeded, the flow is paused for a person to look. */
@Injectable()
export class EffectCaps {
  private readonly logger = new Logger(EffectCaps.name);

  constructor(
    private readonly database: Database,
    private readonly settings: FlowSettings,
  ) {}

  /**
   * Charges the first attempts of live effects against their flow's caps: no statement where no flow has any.
   * @returns deliveries that must not perform their effect now
   */
  async charge(
    leases: readonly Lease[],
    runs: ReadonlyMap<string, RunRow>,
    records: ReadonlyMap<string, EffectRecord>,
    settings: ReadonlyMap<string, FlowSetting>,
  ): Promise<ReadonlySet<string>> {
    const charged = leases.flatMap(({ row }) => {
      const caps = settings.get(row.flow)?.caps;
      const record = records.get(row.id);
      const first = record?.state === 'planned' && row.attempts === 1 && row.crashes === 0;
      if (!caps || (caps.perHour ?? caps.perRecipientPerHour) === undefined || !first) return [];
      if (runs.get(row.run_id ?? '')?.mode !== 'live') return [];
      const limits = { per_hour: caps.perHour, per_recipient: caps.perRecipientPerHour };
      return [{ delivery_id: row.id, effect_id: record.id, flow: row.flow, ...limits }];
    });
    if (charged.length === 0) return new Set();
    const over = await this.database.query<{ flow: string; cap: number }>(charge, [JSON.stringify(charged)]);
    for (const flow of new Set(over.map((o) => o.flow))) {
      this.logger.warn({ flow }, 'a cap is exceeded; the flow is paused');
      await this.settings.pause('flow', flow, 'a cap on effects was exceeded', 'system');
    }
    const flows = new Set(over.map((o) => o.flow));
    return new Set(charged.filter(({ flow }) => flows.has(flow)).map(({ delivery_id }) => delivery_id));
  }
}
