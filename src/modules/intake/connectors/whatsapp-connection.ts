import type { WhatsappConfig } from '../../../shared/config/config-providers.js';
import { sandboxSecrets } from '../../../shared/config/secrets.js';
import { BoundedHttp, TransportFailure } from '../../../shared/connectors/bounded-http.js';
import type { Connection, ConnectionCheck, MissingPart } from '../../../shared/connectors/connections.js';
import type { SecretStore } from '../../../shared/secrets/secret-store.js';
import { isObject, listOf, objectOf, textOf, type JsonObject } from '../domain/json.js';

/** Meta ends a version two years after it began (https://developers.facebook.com/docs/graph-api/guides/versioning). */
const version = 'v26.0';
const neededScopes = ['whatsapp_business_management', 'whatsapp_business_messaging'];
const bounds = { timeoutMs: 10_000, maxBytes: 256 * 1024, connections: 2 };

type Look = (token: string, signal: AbortSignal) => Promise<string>;

/**
 * How WhatsApp is connected: token, phone number and the account's subscription, by Graph calls that only read. A person
 * asks for it now and then, so the calls have no budget and no breaker.
 */
export class WhatsappConnection implements Connection {
  readonly provider = 'whatsapp';
  readonly title = 'WhatsApp (Cloud API)';
  readonly channel = 'whatsapp';
  readonly steps = [
    'In Meta’s app dashboard add the product WhatsApp to an app of type Business, and set WHATSAPP_APP_SECRET to its app ' +
      'secret (App settings, Basic).',
    'Choose a long random text, set WHATSAPP_VERIFY_TOKEN to it, and start Signalbox.',
    'On the page WhatsApp, Configuration, enter {url} as the callback URL and that text as the verify token, and subscribe ' +
      'to the field messages.',
    'In the business settings give a system user the app and the WhatsApp account, generate a token with ' +
      'whatsapp_business_management and whatsapp_business_messaging, and set WHATSAPP_ACCESS_TOKEN to it.',
    'Set WHATSAPP_PHONE_NUMBER_ID and WHATSAPP_WABA_ID to those on the page WhatsApp, API Setup.',
    'Where the account is not subscribed: POST /<account id>/subscribed_apps with the token.',
  ];
  private readonly http = new BoundedHttp(bounds);

  constructor(
    private readonly config: WhatsappConfig,
    private readonly secrets: Pick<SecretStore, 'valid'>,
  ) {}

  async check(signal: AbortSignal): Promise<readonly ConnectionCheck[]> {
    const stored = [
      await this.stored('app secret', 'whatsapp.app-secret', 'WHATSAPP_APP_SECRET'),
      await this.stored('verify token', 'whatsapp.verify-token', 'WHATSAPP_VERIFY_TOKEN'),
    ];
    const name = this.config.isSandbox ? sandboxSecrets['whatsapp.access-token'] : 'whatsapp.access-token';
    const [token] = await this.secrets.valid(name);
    if (token === undefined) {
      const detail = 'No access token is known: the account was not asked.';
      return [{ name: 'token', ok: false, detail, remedy: 'Set WHATSAPP_ACCESS_TOKEN.' }, ...stored];
    }
    const run = (what: string, remedy: string, look: Look): Promise<ConnectionCheck> =>
      checked(what, remedy, () => look(token, signal));
    const valid = await run('token', 'Generate another token of a system user.', (...given) =>
      this.token(...given),
    );
    if (!valid.ok) return [valid, ...stored];
    return [
      valid,
      await run('scopes', 'Generate the token with both scopes.', (...given) => this.scopes(...given)),
      await run(
        'phone number',
        'Set WHATSAPP_PHONE_NUMBER_ID to the one on the page API Setup.',
        (...given) => this.phoneNumber(...given),
      ),
      await run('subscription', 'POST /<account id>/subscribed_apps with the token.', (...given) =>
        this.subscription(...given),
      ),
      ...stored,
    ];
  }

  async missing(): Promise<readonly MissingPart[]> {
    return [];
  }

  async create(): Promise<readonly string[]> {
    return [];
  }

  private async stored(name: string, secret: string, variable: string): Promise<ConnectionCheck> {
    if ((await this.secrets.valid(secret)).length > 0) return { name, ok: true, detail: 'One is stored.' };
    return { name, ok: false, detail: 'None is stored: the channel is closed.', remedy: `Set ${variable}.` };
  }

  private async token(token: string, signal: AbortSignal): Promise<string> {
    const data = await this.described(token, signal);
    if (data['is_valid'] !== true) throw new NotRight('Meta does not take the token (any more).');
    const until = data['expires_at'];
    if (typeof until !== 'number' || !(until > 0) || until > 1e11) return 'It is valid, and does not end.';
    return `It is valid until ${new Date(until * 1_000).toISOString()}.`;
  }

  private async scopes(token: string, signal: AbortSignal): Promise<string> {
    const scopes = listOf((await this.described(token, signal))['scopes']);
    const lacking = neededScopes.filter((scope) => !scopes.includes(scope));
    if (lacking.length > 0) throw new NotRight(`The token lacks ${lacking.join(', ')}.`);
    return 'The token has all that are needed.';
  }

  private async phoneNumber(token: string, signal: AbortSignal): Promise<string> {
    const { phoneNumberId } = this.config;
    if (phoneNumberId === undefined) throw new NotRight('No phone number is configured.');
    const fields = 'fields=id,display_phone_number,verified_name';
    const number = await this.get(`/${phoneNumberId}?${fields}`, token, signal);
    if (number['id'] !== phoneNumberId) throw new NotRight('Meta answered with another object.');
    const shown = textOf(number['display_phone_number']).slice(0, 40);
    return `It is ${shown}, of ${textOf(number['verified_name']).slice(0, 100)}.`;
  }

  private async subscription(token: string, signal: AbortSignal): Promise<string> {
    const { accountId } = this.config;
    if (accountId === undefined) throw new NotRight('No account is configured: set WHATSAPP_WABA_ID.');
    const apps = listOf((await this.get(`/${accountId}/subscribed_apps`, token, signal))['data']);
    const appId = (await this.described(token, signal))['app_id'];
    const isOurs = (app: unknown): boolean =>
      objectOf(objectOf(app)['whatsapp_business_api_data'])['id'] === appId;
    if (!apps.some(isOurs)) throw new NotRight('The account tells this app nothing: it is not subscribed.');
    return 'The account tells this app what happens.';
  }

  /** The token looks at itself, which every token may. */
  private async described(token: string, signal: AbortSignal): Promise<JsonObject> {
    const query = new URLSearchParams({ input_token: token }).toString();
    return objectOf((await this.get(`/debug_token?${query}`, token, signal))['data']);
  }

  private async get(path: string, token: string, signal: AbortSignal): Promise<JsonObject> {
    const url = `${this.config.baseUrl}/${version}${path}`;
    const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
    const { status, body } = await this.http.call({ url, method: 'GET', headers, signal });
    const answer = parsed(body);
    if (status === 200 && isObject(answer)) return answer;
    const { code } = objectOf(objectOf(answer)['error']);
    const reason = typeof code === 'number' ? `${status}, code ${code}` : String(status);
    throw new NotRight(`Meta refused the call (${reason}).`);
  }
}

/** Answered, and not right. Its message is for people, and holds nothing of the answer but numbers. */
class NotRight extends Error {}

async function checked(name: string, remedy: string, look: () => Promise<string>): Promise<ConnectionCheck> {
  try {
    return { name, ok: true, detail: await look() };
  } catch (error) {
    if (error instanceof NotRight) return { name, ok: false, detail: error.message, remedy };
    if (!(error instanceof TransportFailure)) throw error;
    return { name, ok: false, detail: `Meta did not answer (${error.code}).`, remedy: 'Check again later.' };
  }
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
