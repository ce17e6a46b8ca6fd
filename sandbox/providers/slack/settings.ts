import { asAmount, isObject } from '../../core/json.ts';
import type { Environment } from '../../core/provider.ts';

export type SlackSettings = {
  /** Messages a second that a channel takes in the long run. */
  ratePerSecond: number;
  /** Messages that a channel takes at once. */
  burst: number;
  /** Calls a minute of each method that reads. */
  readsPerMinute: number;
  /** For how long a message is not in the history yet. */
  historyLagMs: number;
  latencyMs: number;
};

export function settingsFrom(env: Environment): SlackSettings {
  const ratePerSecond = Number(env['SANDBOX_SLACK_RATE'] || 1);
  const readsPerMinute = ratePerSecond > 1 ? ratePerSecond * 60 : 50;
  return {
    ratePerSecond,
    burst: Math.max(3, ratePerSecond),
    readsPerMinute,
    historyLagMs: 0,
    latencyMs: 0,
  };
}

/** Applies what a settings request names; returns what is wrong with it, and applies nothing then. */
export function changeSettings(settings: SlackSettings, wanted: unknown): string | undefined {
  if (!isObject(wanted)) return 'settings are an object';
  const changes: Partial<SlackSettings> = {};
  for (const [name, value] of Object.entries(wanted)) {
    const amount = asAmount(value);
    if (!Object.hasOwn(settings, name)) return `${name} is not a setting`;
    if (amount === undefined) return `${name} is a number from 0`;
    changes[name as keyof SlackSettings] = amount;
  }
  Object.assign(settings, changes);
  return undefined;
}
