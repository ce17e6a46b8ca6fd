import type { FastifyInstance } from 'fastify';
import { asArray, asObject, asString } from '../../../core/json.ts';
import type { JsonObject } from '../../../core/json.ts';
import { answer } from '../answers.ts';
import { HubspotError, badRequest, errorBody, notFound } from '../errors.ts';
import type { KindFacts } from '../kinds.ts';
import type { Portal } from '../portal.ts';
import { toOptions } from '../property-definitions.ts';
import type { PropertyDefinition, PropertyGroup, PropertyType } from '../property-definitions.ts';
import { isoTime } from '../record.ts';
import type { RecordStore } from '../record-store.ts';
import { needs } from '../scopes.ts';

const TYPES: PropertyType[] = ['string', 'number', 'enumeration', 'datetime', 'date', 'bool', 'phone_number'];

/** The definitions of a kind's properties, and the groups in which its pages show them. */
export function propertyRoutes(
  app: FastifyInstance,
  { account, commit }: Portal,
  facts: KindFacts,
  name: string,
): void {
  const path = `/crm/v3/properties/${name}`;
  const { kind } = facts;
  const store = account.of(kind);
  const reading = needs([...facts.scopes.schemaRead, ...facts.scopes.read]);
  const changing = needs(facts.scopes.schemaWrite);

  app.get(path, reading, (_request, reply) =>
    answer(reply, 200, { results: Array.from(store.definitions.values(), present) }),
  );

  app.get(`${path}/:name`, reading, (request, reply) => {
    const definition = store.definitions.get(String(asObject(request.params)['name']));
    if (!definition) throw notFound();
    return answer(reply, 200, present(definition));
  });

  app.post(path, changing, (request, reply) => {
    const definition = readDefinition(asObject(request.body), store);
    commit({ type: 'property-defined', kind, definition });
    return answer(reply, 201, present(definition));
  });

  app.get(`${path}/groups`, reading, (_request, reply) =>
    answer(reply, 200, { results: Array.from(store.groups.values(), presentGroup) }),
  );

  app.post(`${path}/groups`, changing, (request, reply) => {
    const group = readGroup(asObject(request.body), store);
    commit({ type: 'group-defined', kind, group });
    return answer(reply, 201, presentGroup(group));
  });
}

function present({ readOnly, createdAt, ...definition }: PropertyDefinition): JsonObject {
  return {
    ...definition,
    createdAt: isoTime(createdAt),
    updatedAt: isoTime(createdAt),
    archived: false,
    hidden: false,
    displayOrder: -1,
    calculated: false,
    externalOptions: false,
    formField: !readOnly,
    modificationMetadata: {
      archivable: !definition.hubspotDefined,
      readOnlyDefinition: definition.hubspotDefined,
      readOnlyValue: readOnly,
    },
  };
}

const presentGroup = ({ name, label }: PropertyGroup): JsonObject => ({
  ...{ name, label, displayOrder: -1, archived: false },
});

function readDefinition(body: JsonObject, store: RecordStore): PropertyDefinition {
  const name = readName(body);
  const type = TYPES.find((known) => known === body['type']);
  if (!type) throw badRequest(`type is one of ${TYPES.join(', ')}`);
  for (const required of ['label', 'fieldType', 'groupName']) {
    if (!asString(body[required])) throw badRequest(`Some required fields were not set: [${required}]`);
  }
  const groupName = String(body['groupName']);
  if (!store.groups.has(groupName)) throw badRequest(`The property group ${groupName} does not exist`);
  if (store.definitions.has(name)) throw exists(`A property named '${name}' already exists.`);
  return {
    ...{ name, type, groupName },
    label: String(body['label']),
    fieldType: String(body['fieldType']),
    description: asString(body['description']) ?? '',
    options: toOptions(asArray(body['options']).map(readOption)),
    hasUniqueValue: body['hasUniqueValue'] === true,
    hubspotDefined: false,
    readOnly: false,
    createdAt: Date.now(),
  };
}

function readOption(input: unknown): { label: string; value: string } {
  const { label, value } = asObject(input);
  return { label: String(label), value: String(value) };
}

function readGroup(body: JsonObject, store: RecordStore): PropertyGroup {
  const name = readName(body);
  const label = asString(body['label']);
  if (!label) throw badRequest('Some required fields were not set: [label]');
  if (store.groups.has(name)) throw exists(`A property group named '${name}' already exists.`);
  return { name, label };
}

function readName(body: JsonObject): string {
  const name = asString(body['name']) ?? '';
  if (!/^[a-z][a-z0-9_]{0,99}$/.test(name)) throw badRequest(`The name '${name}' is not valid`);
  return name;
}

const exists = (message: string): HubspotError =>
  new HubspotError(409, errorBody('OBJECT_ALREADY_EXISTS', message));
