import { Injectable } from '@nestjs/common';
import { appendAudit } from '../audit/append-audit.js';
import { Database } from '../database/database.js';
import { Clock } from '../kernel/clock.js';
import { WorkerRegistry } from '../messaging/worker-registry.js';
import { FlowUnknown, SettingsChanged } from './flow.errors.js';
import type { FlowMode } from './runs.js';

/** The most effects that a flow may have in an hour, in all and for one recipient. */
export interface FlowCaps {
  perHour?: number;
  perRecipientPerHour?: number;
}

export interface FlowSetting {
  flow: string;
  active_version: number;
  mode: FlowMode;
  previous_mode: FlowMode;
  mode_since: Date;
  caps: FlowCaps;
  /** In redirect mode: where everything goes instead. */
  redirect: { email?: string; phone?: string };
  revision: number;
}

/**
 * The mode for an event by the time at which its delivery was recorded: a change of mode holds for what comes after
 * it, and events from before going live start no live run.
 */
export function modeFor(setting: FlowSetting, recorded: Date): FlowMode {
  return recorded >= setting.mode_since ? setting.mode : setting.previous_mode;
}

const cacheMs = 1_000;

/** Modes, caps and pauses of flows and connectors; every change is audited in its own transaction. */
@Injectable()
export class FlowSettings {
  private cached: { until: number; settings: Promise<Map<string, FlowSetting>> } | undefined;

  constructor(
    private readonly database: Database,
    private readonly workers: WorkerRegistry,
    private readonly clock: Clock,
  ) {}

  /** All flows' settings, at most a second old. */
  current(): Promise<Map<string, FlowSetting>> {
    if (!this.cached || this.cached.until < performance.now()) {
      this.cached = { until: performance.now() + cacheMs, settings: this.now() };
      this.cached.settings.catch(() => (this.cached = undefined));
    }
    return this.cached.settings;
  }

  /**
   * Setting the mode that it has already changes nothing: events from before keep the mode of their time.
   * @param revision the revision that the caller has seen (If-Match); undefined accepts any
   * @throws FLOW.UNKNOWN, FLOW.SETTINGS_CHANGED
   */
  async setMode(flow: string, mode: FlowMode, actor: string, revision?: number): Promise<FlowSetting> {
    return this.update(
      flow,
      {
        sql: `previous_mode = case when mode = $3 then previous_mode else mode end, mode = $3,
          mode_since = case when mode = $3 then mode_since else now() end`,
        value: mode,
      },
      { actor, action: 'flow.mode-changed', details: { mode } },
      revision,
    );
  }

  /** @throws FLOW.UNKNOWN, FLOW.SETTINGS_CHANGED */
  async setCaps(flow: string, caps: FlowCaps, actor: string, revision?: number): Promise<FlowSetting> {
    return this.update(
      flow,
      { sql: `caps = $3::jsonb`, value: JSON.stringify(caps) },
      { actor, action: 'flow.caps-changed', details: { ...caps } },
      revision,
    );
  }

  /** @throws FLOW.UNKNOWN, FLOW.SETTINGS_CHANGED */
  async setRedirect(
    flow: string,
    redirect: FlowSetting['redirect'],
    actor: string,
    revision?: number,
  ): Promise<FlowSetting> {
    return this.update(
      flow,
      { sql: `redirect = $3::jsonb`, value: JSON.stringify(redirect) },
      { actor, action: 'flow.redirect-changed', details: { fields: Object.keys(redirect) } },
      revision,
    );
  }

  /** Nothing of the flow or connector is leased any more; what runs ends. Idempotent. */
  async pause(kind: 'flow' | 'connector', name: string, reason: string, actor: string): Promise<void> {
    await this.database.transaction(async (tx) => {
      await tx.query(
        `insert into messaging.pauses (kind, name, reason, paused_by) values ($1, $2, $3, $4)
         on conflict (kind, name) do nothing`,
        [kind, name, reason, actor],
      );
      const entry = { actor, action: `${kind}.paused`, outcome: 'ok' as const, subject: `${kind}:${name}` };
      await appendAudit(tx, [{ ...entry, details: { reason } }], this.clock.now());
    });
    await this.workers.refreshPauses();
  }

  async resume(kind: 'flow' | 'connector', name: string, actor: string): Promise<void> {
    await this.database.transaction(async (tx) => {
      await tx.query(`delete from messaging.pauses where kind = $1 and name = $2`, [kind, name]);
      const entry = { actor, action: `${kind}.resumed`, outcome: 'ok' as const, subject: `${kind}:${name}` };
      await appendAudit(tx, [entry], this.clock.now());
    });
    await this.workers.refreshPauses();
  }

  private async update(
    flow: string,
    set: { sql: string; value: string },
    audit: { actor: string; action: string; details: Record<string, unknown> },
    revision?: number,
  ): Promise<FlowSetting> {
    const setting = await this.database.transaction(async (tx) => {
      const [row] = await tx.query<FlowSetting>(
        `update flow.settings set ${set.sql}, revision = revision + 1, updated_by = $2, updated_at = now()
         where flow = $1 and ($4::integer is null or revision = $4) returning *`,
        [flow, audit.actor, set.value, revision ?? null],
      );
      if (!row) {
        const [known] = await tx.query(`select from flow.settings where flow = $1`, [flow]);
        throw known ? SettingsChanged() : FlowUnknown({ details: { flow } });
      }
      await appendAudit(tx, [{ ...audit, outcome: 'ok', subject: `flow:${flow}` }], this.clock.now());
      return row;
    });
    this.cached = undefined;
    return setting;
  }

  /** All flows' settings, by name. */
  async now(): Promise<Map<string, FlowSetting>> {
    const rows = await this.database.query<FlowSetting>(`select * from flow.settings`);
    return new Map(rows.map((row) => [row.flow, row]));
  }
}
