import { asAmount, isObject } from '../../core/json.ts';
import type { Environment } from '../../core/provider.ts';

export type ZendeskSettings = {
  /** Calls in a rolling minute. */
  rate: number;
  /** Calls of the incremental exports in a rolling minute. */
  exportRate: number;
  /** What changed later than so long ago is not exported. */
  exportLagMs: number;
  tokenSeconds: number;
  latencyMs: number;
};

export function settingsFrom(env: Environment): ZendeskSettings {
  const rate = Number(env['SANDBOX_ZENDESK_RATE'] || 700);
  const exportRate = rate > 700 ? rate : 10;
  return { rate, exportRate, exportLagMs: 60_000, tokenSeconds: 7_200, latencyMs: 0 };
}

/** Applies what a settings request names; returns what is wrong with it, and applies nothing then. */
export function changeSettings(settings: ZendeskSettings, wanted: unknown): string | undefined {
  if (!isObject(wanted)) return 'settings are an object';
  const changes: Partial<ZendeskSettings> = {};
  for (const [name, value] of Object.entries(wanted)) {
    const amount = asAmount(value);
    if (!Object.hasOwn(settings, name)) return `${name} is not a setting`;
    if (amount === undefined) return `${name} is a number from 0`;
    changes[name as keyof ZendeskSettings] = amount;
  }
  Object.assign(settings, changes);
  return undefined;
}
