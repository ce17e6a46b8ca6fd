import { asAmount, isObject } from '../../core/json.ts';
import type { Environment } from '../../core/provider.ts';
import { MAX_LAG_MS } from './search-index.ts';

export type HubspotSettings = {
  /** Requests in a rolling ten seconds. */
  rate: number;
  dailyLimit: number;
  /** Searches in a second. */
  searchRate: number;
  indexLagMs: number;
  latencyMs: number;
};

const DEFAULTS: HubspotSettings = {
  rate: 190,
  dailyLimit: 650_000,
  searchRate: 5,
  indexLagMs: 1500,
  latencyMs: 0,
};

const WINDOWS_A_DAY = 8_640;

/** A rate from the environment also raises the daily limit, so that a bench doesn't stop in the middle. */
export function settingsFrom(env: Environment): HubspotSettings {
  const rate = Number(env['SANDBOX_HUBSPOT_RATE'] || DEFAULTS.rate);
  if (!Number.isInteger(rate) || rate < 1) throw new Error('SANDBOX_HUBSPOT_RATE is a whole number from 1');
  const dailyLimit = rate > DEFAULTS.rate ? rate * WINDOWS_A_DAY : DEFAULTS.dailyLimit;
  return { ...DEFAULTS, rate, dailyLimit };
}

/** Applies what a settings request names; returns what is wrong with it, and applies nothing then. */
export function changeSettings(settings: HubspotSettings, wanted: unknown): string | undefined {
  if (!isObject(wanted)) return 'settings are an object';
  const names = Object.keys(settings);
  const changes: Partial<HubspotSettings> = {};
  for (const [name, value] of Object.entries(wanted)) {
    const amount = asAmount(value);
    if (!names.includes(name)) return `${name} is not a setting; settings are ${names.join(', ')}`;
    if (amount === undefined) return `${name} is a number from 0`;
    changes[name as keyof HubspotSettings] = amount;
  }
  if ((changes.indexLagMs ?? 0) > MAX_LAG_MS) return `indexLagMs is at most ${MAX_LAG_MS}`;
  Object.assign(settings, changes);
  return undefined;
}
