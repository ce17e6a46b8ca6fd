import type { FastifyInstance } from 'fastify';
import type { Fault } from '../../core/faults.ts';
import { asObject, asStrings } from '../../core/json.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Provider, ProviderContext } from '../../core/provider.ts';

const DEFAULT_TOKEN = 'sandbox-whatsapp-token';
const LONGER_THAN_ANY_CALLER_WAITS = 120_000;
export const PHONE_NUMBER_ID = '106540352242922';
export const ACCOUNT_ID = '102290129340398';
const APP_ID = '670843887433847';

/** What the simulator is told to be like, by its admin routes; a reset undoes it. */
type State = { scopes: string[]; isSubscribed: boolean };
const initial = (): State => ({
  scopes: ['whatsapp_business_management', 'whatsapp_business_messaging'],
  isSubscribed: true,
});

/** Meta's Graph API of a WhatsApp Business account, as far as it is read. Below `/whatsapp` as on graph.facebook.com. */
export function whatsapp({ env }: ProviderContext): Provider {
  const token = env['SANDBOX_WHATSAPP_TOKEN'] || DEFAULT_TOKEN;
  const state = initial();
  return {
    name: 'whatsapp',
    routes: (app) => graphRoutes(app, token, state),
    adminRoutes(app) {
      app.get('/state', () => state);
      app.put('/state', (request) => {
        const { scopes, isSubscribed } = asObject(request.body);
        if (Array.isArray(scopes)) state.scopes = asStrings(scopes);
        if (typeof isSubscribed === 'boolean') state.isSubscribed = isSubscribed;
        return state;
      });
    },
    overview: () => ({
      holds: { phoneNumbers: 1 },
      settings: state,
      tables: [],
      links: { state: '/_sandbox/whatsapp/state', faults: '/_sandbox/whatsapp/faults' },
    }),
    effects: () => ({}),
    faultKinds,
    prepareFault: () => undefined,
    replay: () => undefined,
    snapshot: () => [],
    reset: () => void Object.assign(state, initial()),
  };
}

const faultKinds: Record<string, () => Fault> = {
  '401': () => ({ status: 401, body: graphError(190, 'Invalid OAuth access token.') }),
  '403': () => ({ status: 403, body: graphError(200, 'Permissions error') }),
  '429': () => ({ status: 400, body: graphError(80007, 'Rate limit issues') }),
  '500': () => ({ status: 500, body: graphError(1, 'An unknown error occurred') }),
  '502-html': () => ({ html: true }),
  'reset-before': () => ({ reset: 'before' }),
  'reset-after': () => ({ reset: 'after' }),
  timeout: () => ({ holdMs: LONGER_THAN_ANY_CALLER_WAITS }),
};

function graphError(code: number, message: string): JsonObject {
  return { error: { message: `(#${code}) ${message}`, type: 'OAuthException', code, fbtrace_id: 'AbCdEf' } };
}

/** Every version of the API is answered alike. */
function graphRoutes(app: FastifyInstance, token: string, state: State): void {
  app.addHook('onRequest', (request, reply, done) => {
    if (request.headers.authorization === `Bearer ${token}`) return done();
    return reply.code(401).send(graphError(190, 'Invalid OAuth access token.'));
  });

  app.get('/:version/debug_token', (request) => {
    const isValid = asObject(request.query)['input_token'] === token;
    return {
      data: {
        ...{ app_id: APP_ID, type: 'SYSTEM_USER', application: 'Signalbox', is_valid: isValid },
        ...{ expires_at: 0, scopes: isValid ? state.scopes : [] },
      },
    };
  });

  app.get(`/:version/${PHONE_NUMBER_ID}`, () => ({
    ...{ id: PHONE_NUMBER_ID, display_phone_number: '+1 555-010-0177', verified_name: 'Example Ltd' },
    quality_rating: 'GREEN',
  }));

  app.get(`/:version/${ACCOUNT_ID}/subscribed_apps`, (_request, reply) => {
    if (!state.scopes.includes('whatsapp_business_management')) {
      return reply.code(403).send(graphError(200, 'Permissions error'));
    }
    const app = { id: APP_ID, name: 'Signalbox', link: 'https://www.facebook.com/games/?app_id=1' };
    return { data: state.isSubscribed ? [{ whatsapp_business_api_data: app }] : [] };
  });

  app.setNotFoundHandler((_request, reply) =>
    reply.code(400).send(graphError(100, 'Object with this ID does not exist or cannot be loaded')),
  );
}
