import { asAmount, isObject } from '../../core/json.ts';
import type { Environment } from '../../core/provider.ts';

export type XeroSettings = {
  /** Calls in a rolling minute, for the organisation. */
  minuteLimit: number;
  dayLimit: number;
  /** Calls in a rolling minute, for the app over all organisations. */
  appMinuteLimit: number;
  /** Calls at once. */
  concurrent: number;
  tokenSeconds: number;
  /** How long a refresh token that was used is taken once more. */
  graceSeconds: number;
  idempotencySeconds: number;
  latencyMs: number;
};

const DEFAULTS: XeroSettings = {
  minuteLimit: 60,
  dayLimit: 5_000,
  appMinuteLimit: 10_000,
  concurrent: 5,
  tokenSeconds: 1_800,
  graceSeconds: 1_800,
  idempotencySeconds: 360,
  latencyMs: 0,
};

/** A rate from the environment also raises the other limits, so that a bench doesn't stop in the middle. */
export function settingsFrom(env: Environment): XeroSettings {
  const rate = Number(env['SANDBOX_XERO_RATE'] || DEFAULTS.minuteLimit);
  if (!Number.isInteger(rate) || rate < 1) throw new Error('SANDBOX_XERO_RATE is a whole number from 1');
  if (rate <= DEFAULTS.minuteLimit) return { ...DEFAULTS, minuteLimit: rate };
  return { ...DEFAULTS, minuteLimit: rate, dayLimit: rate * 1_440, appMinuteLimit: rate, concurrent: rate };
}

/** Applies what a settings request names; returns what is wrong with it, and applies nothing then. */
export function changeSettings(settings: XeroSettings, wanted: unknown): string | undefined {
  if (!isObject(wanted)) return 'settings are an object';
  const names = Object.keys(settings);
  const changes: Partial<XeroSettings> = {};
  for (const [name, value] of Object.entries(wanted)) {
    const amount = asAmount(value);
    if (!names.includes(name)) return `${name} is not a setting; settings are ${names.join(', ')}`;
    if (amount === undefined) return `${name} is a number from 0`;
    changes[name as keyof XeroSettings] = amount;
  }
  Object.assign(settings, changes);
  return undefined;
}
