import type { ConnectionCheck } from '../../../shared/connectors/connections.js';
import { CodedError } from '../../../shared/kernel/coded-error.js';

/** What a check found, or the error that it ended with. */
export async function checked(
  name: string,
  remedy: string,
  look: () => Promise<string>,
): Promise<ConnectionCheck> {
  try {
    return { name, ok: true, detail: await look() };
  } catch (error) {
    const detail =
      error instanceof CodedError ? `${error.code}: ${error.message}` : 'It failed unexpectedly.';
    return { name, ok: false, detail, remedy };
  }
}

/** Whether a secret is there: without it the channel is closed. */
export function secretCheck(name: string, values: readonly string[], remedy: string): ConnectionCheck {
  return values.length > 0
    ? { name, ok: true, detail: 'A secret is stored.' }
    : { name, ok: false, detail: 'None is stored: webhooks are refused.', remedy };
}
