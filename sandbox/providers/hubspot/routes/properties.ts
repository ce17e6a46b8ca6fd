import type { FastifyInstance } from 'fastify';
import { asArray, asObject, asString } from '../../../core/json.ts';
import type { JsonObject } from '../../../core/json.ts';
import { answer } from '../answers.ts';
import { isoTime } from '../contact.ts';
import { HubspotError, badRequest, errorBody, notFound } from '../errors.ts';
import type { Portal } from '../portal.ts';
import { toOptions } from '../properties.ts';
import type { PropertyDefinition, PropertyType } from '../properties.ts';

const TYPES: PropertyType[] = ['string', 'number', 'enumeration', 'datetime', 'date', 'bool', 'phone_number'];

export function propertyRoutes(app: FastifyInstance, { store, commit }: Portal): void {
  for (const objectType of ['contacts', '0-1']) {
    const path = `/crm/v3/properties/${objectType}`;

    app.get(path, (_request, reply) =>
      answer(reply, 200, { results: Array.from(store.definitions.values(), present) }),
    );

    app.get(`${path}/:name`, (request, reply) => {
      const definition = store.definitions.get(String(asObject(request.params)['name']));
      if (!definition) throw notFound();
      return answer(reply, 200, present(definition));
    });

    app.post(path, (request, reply) => {
      const definition = readDefinition(asObject(request.body));
      if (store.definitions.has(definition.name)) {
        const message = `A property named '${definition.name}' already exists.`;
        throw new HubspotError(409, errorBody('OBJECT_ALREADY_EXISTS', message));
      }
      commit({ type: 'property-defined', definition });
      return answer(reply, 201, present(definition));
    });
  }
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

function readDefinition(body: JsonObject): PropertyDefinition {
  const name = asString(body['name']) ?? '';
  const type = TYPES.find((known) => known === body['type']);
  if (!/^[a-z][a-z0-9_]{0,99}$/.test(name)) throw badRequest(`Property name '${name}' is not valid`);
  if (!type) throw badRequest(`type is one of ${TYPES.join(', ')}`);
  for (const required of ['label', 'fieldType', 'groupName']) {
    if (!asString(body[required])) throw badRequest(`Some required fields were not set: [${required}]`);
  }
  const options = asArray(body['options']).map((option) => {
    const { label, value } = asObject(option);
    return { label: String(label), value: String(value) };
  });
  return {
    name,
    type,
    label: String(body['label']),
    fieldType: String(body['fieldType']),
    groupName: String(body['groupName']),
    description: asString(body['description']) ?? '',
    options: toOptions(options),
    hasUniqueValue: body['hasUniqueValue'] === true,
    hubspotDefined: false,
    readOnly: false,
    createdAt: Date.now(),
  };
}
