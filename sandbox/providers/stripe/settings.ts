import { asAmount, isObject } from '../../core/json.ts';
import type { Environment } from '../../core/provider.ts';

export type StripeSettings = {
  /** Calls in a rolling second. */
  rate: number;
  latencyMs: number;
};

const DEFAULTS: StripeSettings = { rate: 100, latencyMs: 0 };

export function settingsFrom(env: Environment): StripeSettings {
  const rate = Number(env['SANDBOX_STRIPE_RATE'] || DEFAULTS.rate);
  if (!Number.isInteger(rate) || rate < 1) throw new Error('SANDBOX_STRIPE_RATE is a whole number from 1');
  return { ...DEFAULTS, rate };
}

/** Applies what a settings request names; returns what is wrong with it, and applies nothing then. */
export function changeSettings(settings: StripeSettings, wanted: unknown): string | undefined {
  if (!isObject(wanted)) return 'settings are an object';
  const names = Object.keys(settings);
  const changes: Partial<StripeSettings> = {};
  for (const [name, value] of Object.entries(wanted)) {
    const amount = asAmount(value);
    if (!names.includes(name)) return `${name} is not a setting; settings are ${names.join(', ')}`;
    if (amount === undefined) return `${name} is a number from 0`;
    changes[name as keyof StripeSettings] = amount;
  }
  Object.assign(settings, changes);
  return undefined;
}
