import { AnswerInvalid } from '../crm.errors.js';
import type { HubspotCalls } from './hubspot-calls.js';

/** The app whose access token is used. */
export interface HubspotApp {
  readonly id: string;
  readonly portalId: string;
  readonly scopes: ReadonlySet<string>;
}

/** The calls by which HubSpot tells of the account and the app. */
export class HubspotAccountApi {
  constructor(private readonly calls: HubspotCalls) {}

  /** The id of the account. */
  async portalId(signal?: AbortSignal): Promise<string> {
    return this.calls.get('/account-info/v3/details', (answer) => numberIn(answer, 'portalId'), signal);
  }

  /** Only apps with a static token can ask (https://developers.hubspot.com/docs/api/private-apps). */
  async app(signal?: AbortSignal): Promise<HubspotApp> {
    const path = '/oauth/v2/private-apps/get/access-token-info';
    return this.calls.ask(path, (tokenKey) => ({ tokenKey }), appOf, signal);
  }
}

function appOf(answer: unknown): HubspotApp {
  const { scopes } = (answer ?? {}) as { scopes?: unknown };
  if (!Array.isArray(scopes)) throw AnswerInvalid({ details: { found: 'no scopes' } });
  const texts = scopes.filter((scope) => typeof scope === 'string');
  return { id: numberIn(answer, 'appId'), portalId: numberIn(answer, 'hubId'), scopes: new Set(texts) };
}

function numberIn(answer: unknown, name: string): string {
  const value = ((answer ?? {}) as Record<string, unknown>)[name];
  if (!Number.isSafeInteger(value)) throw AnswerInvalid({ details: { found: `no ${name}` } });
  return String(value);
}
