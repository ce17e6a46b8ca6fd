import type { FastifyInstance } from 'fastify';
import { asObject, asString } from '../../../core/json.ts';
import type { JsonObject } from '../../../core/json.ts';
import { answer } from '../answers.ts';
import { notFound } from '../errors.ts';
import type { Pipeline } from '../pipelines.ts';
import type { Portal } from '../portal.ts';
import { PORTAL_ID } from '../portal-id.ts';
import { isoTime } from '../record.ts';
import { needs } from '../scopes.ts';
import { APP_ID } from '../webhook-events.ts';

const SINCE = isoTime(Date.UTC(2024, 0, 1));

/** What the account is, which app the token is of and what it may do, and the pipelines of the account's deals. */
export function accountRoutes(app: FastifyInstance, { account, scopes: granted }: Portal): void {
  app.get('/account-info/v3/details', (_request, reply) =>
    answer(reply, 200, {
      ...{ portalId: PORTAL_ID, accountType: 'STANDARD', timeZone: 'Europe/Berlin' },
      ...{ companyCurrency: 'EUR', additionalCurrencies: [], uiDomain: 'app.hubspot.com' },
      ...{ utcOffset: '+01:00', utcOffsetMilliseconds: 3_600_000, dataHostingLocation: 'eu1' },
    }),
  );

  app.post('/oauth/v2/private-apps/get/access-token-info', (request, reply) => {
    const bearer = request.headers.authorization?.replace(/^Bearer /, '');
    if (asString(asObject(request.body)['tokenKey']) !== bearer) throw notFound();
    const app = { userId: 70_010_001, hubId: PORTAL_ID, appId: APP_ID };
    return answer(reply, 200, { ...app, scopes: granted.list() });
  });

  const { scopes } = account.of('deals').facts;
  app.get('/crm/v3/pipelines/deals', needs([...scopes.schemaRead, ...scopes.read]), (_request, reply) =>
    answer(reply, 200, { results: account.pipelines.map(presentPipeline) }),
  );
}

export function presentPipeline({ id, label, stages }: Pipeline, displayOrder: number): JsonObject {
  const dates = { createdAt: SINCE, updatedAt: SINCE, archived: false };
  return {
    ...{ id, label, displayOrder, ...dates },
    stages: stages.map(({ isClosed, probability, ...named }, order) => ({
      ...named,
      ...{ displayOrder: order, ...dates, metadata: { isClosed: String(isClosed), probability } },
      writePermissions: 'CRM_PERMISSIONS_ENFORCEMENT',
    })),
  };
}
