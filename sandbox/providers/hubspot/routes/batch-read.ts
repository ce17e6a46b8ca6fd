import type { FastifyInstance } from 'fastify';
import { asObject, asString, asStrings } from '../../../core/json.ts';
import type { JsonObject } from '../../../core/json.ts';
import { answer } from '../answers.ts';
import { readInputs } from '../batch-input.ts';
import { badRequest, itemError } from '../errors.ts';
import type { KindFacts } from '../kinds.ts';
import type { Portal } from '../portal.ts';
import { isoTime, presentRecord } from '../record.ts';
import type { CrmRecord } from '../record.ts';
import type { RecordStore } from '../record-store.ts';
import { needs } from '../scopes.ts';

const MAX_WITH_HISTORY = 50;

/** Inputs that lead to one record (its id twice, its primary and a secondary e-mail) answer it once. */
export function batchReadRoute(
  app: FastifyInstance,
  { account }: Portal,
  facts: KindFacts,
  path: string,
): void {
  const store = account.of(facts.kind);
  app.post(`${path}/batch/read`, needs(facts.scopes.read), (request, reply) => {
    const startedAt = isoTime(Date.now());
    const body = asObject(request.body);
    const archived = asObject(request.query)['archived'] === 'true';
    const find = finder(store, asString(body['idProperty']), archived);
    const wanted = {
      properties: asStrings(body['properties']),
      propertiesWithHistory: asStrings(body['propertiesWithHistory']),
    };
    const inputs = readInputs(body, true);
    if (wanted.propertiesWithHistory.length > 0 && inputs.length > MAX_WITH_HISTORY) {
      throw badRequest(`With histories the maximum number of inputs in a batch is ${MAX_WITH_HISTORY}`);
    }
    const found = new Map<string, CrmRecord>();
    const missing: string[] = [];
    for (const { id } of inputs) {
      const record = find(id);
      if (record) found.set(record.id, record);
      else missing.push(id);
    }
    const results = Array.from(found.values(), (record) =>
      presentRecord(record, wanted, facts, store.isKnown),
    );
    const read: JsonObject = { status: 'COMPLETE', results, startedAt, completedAt: isoTime(Date.now()) };
    if (missing.length === 0) return answer(reply, 200, read);
    const errors = [itemError('OBJECT_NOT_FOUND', goneText(facts), { ids: missing })];
    return answer(reply, 207, { ...read, numErrors: errors.length, errors });
  });
}

function finder(
  store: RecordStore,
  idProperty: string | undefined,
  archived: boolean,
): (id: string) => CrmRecord | undefined {
  if (idProperty === undefined || idProperty === 'hs_object_id') {
    return (id) => {
      const record = store.records.get(id);
      return record && (record.archivedAt !== undefined) === archived ? record : undefined;
    };
  }
  if (archived) return () => undefined;
  const isEmail = idProperty === 'email' && store.facts.kind === 'contacts';
  if (isEmail) return (id) => store.byUnique('email', id.trim().toLowerCase());
  if (store.definitions.get(idProperty)?.hasUniqueValue) return (id) => store.byUnique(idProperty, id);
  throw badRequest(`Unable to read by non-unique ${store.facts.typeId} property ${idProperty}`);
}

const goneText = ({ singular }: KindFacts): string =>
  `Could not get some ${singular.toUpperCase()} objects, they may be deleted or not exist. Check that ids are valid.`;
