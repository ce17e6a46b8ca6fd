import { asAmount, asString, isObject } from '../../core/json.ts';
import type { Environment } from '../../core/provider.ts';

export type EndpointSettings = {
  /** What signs the requests that it takes: `whsec_…`. */
  secret: string;
  /** How far a request's timestamp may be from now. */
  toleranceSeconds: number;
  /** For how long it knows an Idempotency-Key again; 0: it looks at none. */
  keyHours: number;
  /** How long it works on a request. */
  latencyMs: number;
  /** How it answers; from 300 on it does nothing. */
  status: number;
  /** What it answers; the number of the call when null. */
  body: unknown;
};

export const DEFAULT_SECRET = `whsec_${Buffer.from('the secret of the sandbox endpoint').toString('base64')}`;

export const settingsFrom = (env: Environment): EndpointSettings => ({
  secret: env['SANDBOX_ENDPOINT_SECRET'] || DEFAULT_SECRET,
  toleranceSeconds: 300,
  keyHours: 24,
  latencyMs: 0,
  status: 200,
  body: null,
});

/** Applies what a settings request names; returns what is wrong with it, and applies nothing then. */
export function changeSettings(settings: EndpointSettings, wanted: unknown): string | undefined {
  if (!isObject(wanted)) return 'settings are an object';
  for (const [name, value] of Object.entries(wanted)) {
    if (!Object.hasOwn(settings, name)) return `${name} is not a setting`;
    if (name === 'body') continue;
    if (name === 'secret' ? !asString(value)?.startsWith('whsec_') : asAmount(value) === undefined) {
      return name === 'secret' ? 'secret begins with whsec_' : `${name} is a number from 0`;
    }
  }
  const { status } = wanted;
  if (status !== undefined && (Number(status) < 200 || Number(status) > 599))
    return 'status is from 200 to 599';
  Object.assign(settings, wanted);
  return undefined;
}
