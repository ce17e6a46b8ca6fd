import type { FastifyInstance } from 'fastify';
import { asArray, asObject, asString, asStrings, isObject } from '../../core/json.ts';
import { formAdminRoutes } from './admin-forms.ts';
import { recordAdminRoutes } from './admin-records.ts';
import { answer } from './answers.ts';
import { readSubscription, readTarget } from './automatic-webhooks.ts';
import { HubspotError, badRequest, errorBody } from './errors.ts';
import type { Owner } from './owners.ts';
import type { Pipeline, Stage } from './pipelines.ts';
import type { Portal } from './portal.ts';
import type { ValidationRule } from './property-definitions.ts';
import { presentPipeline } from './routes/account.ts';
import { presentOwner } from './routes/owners.ts';
import { knownScopes } from './scopes.ts';
import { changeSettings } from './settings.ts';

/** Admin routes of the HubSpot simulator: look at what it holds, act as a person in the UI, set the portal up. */
export function hubspotAdminRoutes(app: FastifyInstance, portal: Portal): void {
  app.setErrorHandler((error, _request, reply) => {
    if (error instanceof HubspotError) return answer(reply, error.status, error.body);
    throw error;
  });
  recordAdminRoutes(app, portal);
  formAdminRoutes(app, portal);
  settingRoutes(app, portal);
  peopleRoutes(app, portal);
  webhookRoutes(app, portal);
}

function settingRoutes(app: FastifyInstance, portal: Portal): void {
  const { rules } = portal.account.contacts;

  app.get('/settings', (_request, reply) => answer(reply, 200, portal.settings));

  app.put('/settings', (request, reply) => {
    const problem = changeSettings(portal.settings, request.body);
    if (problem !== undefined) throw badRequest(problem);
    return answer(reply, 200, portal.settings);
  });

  app.get('/scopes', (_request, reply) => answer(reply, 200, portal.scopes.list()));

  app.put('/scopes', (request, reply) => {
    const wanted = asStrings(request.body);
    const unknown = wanted.filter((scope) => !knownScopes.includes(scope));
    if (unknown.length > 0) throw badRequest(`no route asks for ${unknown.join(', ')}`);
    portal.scopes.set(wanted);
    return answer(reply, 200, portal.scopes.list());
  });

  app.get('/validation-rules', (_request, reply) => answer(reply, 200, rules.list()));

  app.put('/validation-rules', (request, reply) => {
    const read = asArray(request.body).map(readRule);
    portal.commit({ type: 'validation-rules-set', kind: 'contacts', rules: read });
    return answer(reply, 200, rules.list());
  });
}

function peopleRoutes(app: FastifyInstance, { account, commit }: Portal): void {
  app.get('/owners', (_request, reply) => answer(reply, 200, [...account.owners.values()].map(presentOwner)));

  app.put('/owners/:id', (request, reply) => {
    const id = String(asObject(request.params)['id']);
    const owner = readOwner(id, request.body, account.owners.get(id));
    commit({ type: 'owner-set', owner });
    return answer(reply, 200, presentOwner(owner));
  });

  app.get('/pipelines', (_request, reply) => answer(reply, 200, account.pipelines.map(presentPipeline)));

  app.put('/pipelines', (request, reply) => {
    commit({ type: 'pipelines-set', pipelines: asArray(request.body).map(readPipeline) });
    return answer(reply, 200, account.pipelines.map(presentPipeline));
  });
}

function webhookRoutes(app: FastifyInstance, { webhooks }: Portal): void {
  app.get('/webhooks', (_request, reply) => answer(reply, 200, webhooks.show()));

  app.put('/webhooks', (request, reply) => {
    webhooks.subscribe(readSubscription(request.body));
    return answer(reply, 200, webhooks.show());
  });

  app.delete('/webhooks', (_request, reply) => {
    webhooks.subscribe(undefined);
    return reply.code(204).send();
  });

  app.post('/webhooks/send', async (request, reply) => {
    const events = asArray(asObject(request.body)['events']).map(asObject);
    return answer(reply, 200, await webhooks.send(readTarget(request.body), events));
  });
}

function readRule(input: unknown): ValidationRule {
  const rule = isObject(input) ? input : {};
  const property = asString(rule['property']);
  const pattern = asString(rule['pattern']);
  const message = asString(rule['message']);
  if (!property || pattern === undefined || !isPattern(pattern)) {
    throw new HubspotError(400, errorBody('VALIDATION_ERROR', 'a rule has a property and a pattern'));
  }
  return message === undefined ? { property, pattern } : { property, pattern, message };
}

function isPattern(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}

function readOwner(id: string, input: unknown, known: Owner | undefined): Owner {
  const body = asObject(input);
  const text = (name: 'email' | 'firstName' | 'lastName'): string =>
    asString(body[name]) ?? known?.[name] ?? '';
  return {
    ...{ id, userId: known?.userId ?? Number(id) + 20_000_000 },
    ...{ email: text('email'), firstName: text('firstName'), lastName: text('lastName') },
    archived: typeof body['archived'] === 'boolean' ? body['archived'] : (known?.archived ?? false),
  };
}

function readPipeline(input: unknown): Pipeline {
  const { stages } = asObject(input);
  return { ...readNamed(input), stages: asArray(stages).map(readStage) };
}

function readStage(input: unknown): Stage {
  const { isClosed, probability } = asObject(input);
  return { ...readNamed(input), isClosed: isClosed === true, probability: asString(probability) ?? '0.5' };
}

function readNamed(input: unknown): { id: string; label: string } {
  const { id, label } = asObject(input);
  if (!asString(id)) throw badRequest('a pipeline and a stage have an id');
  return { id: String(id), label: asString(label) ?? String(id) };
}
