import type { FastifyInstance, FastifyReply } from 'fastify';
import { asObject } from '../../../core/json.ts';
import type { JsonObject } from '../../../core/json.ts';
import { answer } from '../answers.ts';
import { contextOf, mayFailInPart, readInputs, refuseDuplicates } from '../batch-input.ts';
import type { BatchInput } from '../batch-input.ts';
import { badRequest, itemError } from '../errors.ts';
import { API_SOURCE } from '../events.ts';
import { ItemRefused } from '../item-refused.ts';
import type { KindFacts } from '../kinds.ts';
import { writing } from '../portal.ts';
import type { Portal } from '../portal.ts';
import { isoTime, presentWritten } from '../record.ts';
import type { CrmRecord } from '../record.ts';
import type { RecordStore } from '../record-store.ts';
import { RecordWrites } from '../record-writes.ts';
import type { PlannedWrite } from '../record-writes.ts';
import { needs } from '../scopes.ts';
import { upsertPlan } from './upsert.ts';

/** Plans one input; undefined means that there is no such object. */
export type Plan = (input: BatchInput, writes: RecordWrites) => PlannedWrite | undefined;

type BatchWrite = { inputs: BatchInput[]; plan: Plan; tellsNew?: boolean };

export function batchWriteRoutes(app: FastifyInstance, portal: Portal, facts: KindFacts, path: string): void {
  const store = portal.account.of(facts.kind);
  const changing = needs(facts.scopes.write);

  app.post(`${path}/batch/create`, changing, (request, reply) => {
    const inputs = readInputs(request.body, false);
    const plan: Plan = ({ properties, associations }, writes) => writes.planCreate(properties, associations);
    return writeBatch(portal, facts, reply.code(201), { inputs, plan });
  });

  app.post(`${path}/batch/update`, changing, (request, reply) => {
    const inputs = readInputs(request.body, true);
    const find = inputs.map((input) => findForUpdate(store, input));
    refuseDuplicates(inputs.map((input, index) => find[index]?.id ?? input.id));
    const plan: Plan = (input, writes) => {
      const record = find[inputs.indexOf(input)];
      return record && writes.planChange(record, input.properties);
    };
    return writeBatch(portal, facts, reply.code(200), { inputs, plan });
  });

  app.post(`${path}/batch/upsert`, changing, (request, reply) => {
    const inputs = readInputs(request.body, true);
    refuseDuplicates(inputs.map(({ id }) => id.toLowerCase()));
    return writeBatch(portal, facts, reply.code(200), { inputs, plan: upsertPlan(store), tellsNew: true });
  });

  app.post(`${path}/batch/archive`, changing, (request, reply) => {
    const archived = { type: 'record-archived', kind: facts.kind, at: Date.now(), by: API_SOURCE } as const;
    for (const { id } of readInputs(request.body, true)) {
      if (store.live(id)) portal.commit({ ...archived, id });
    }
    return reply.code(204).send();
  });
}

/** @param reply with the status of a batch that succeeds as a whole */
function writeBatch(
  portal: Portal,
  facts: KindFacts,
  reply: FastifyReply,
  { inputs, plan, tellsNew = false }: BatchWrite,
): FastifyReply {
  const startedAt = isoTime(Date.now());
  const store = portal.account.of(facts.kind);
  const writes = new RecordWrites(writing(portal, facts.kind, API_SOURCE));
  const { planned, errors } = planAll(inputs, plan, writes, facts);
  writes.commit();
  const results = planned.map(({ write, input }) => {
    const record = store.records.get(write.id);
    if (!record) throw new Error(`${facts.singular} ${write.id} vanished`);
    return presentResult(record, input, facts, tellsNew ? write.isNew : undefined);
  });
  const written: JsonObject = { status: 'COMPLETE', results, startedAt, completedAt: isoTime(Date.now()) };
  if (errors.length === 0) return answer(reply, reply.statusCode, written);
  return answer(reply, 207, { ...written, numErrors: errors.length, errors });
}

function findForUpdate(store: RecordStore, { id, idProperty }: BatchInput): CrmRecord | undefined {
  if (idProperty === undefined) return store.live(id);
  if (store.definitions.get(idProperty)?.hasUniqueValue) return store.byUnique(idProperty, id);
  const { typeId } = store.facts;
  throw badRequest(`Unable to perform update/upsert by non-unique ${typeId} property ${idProperty}`);
}

type Planned = { planned: { write: PlannedWrite; input: BatchInput }[]; errors: JsonObject[] };

/** Plans every input. A bad value refuses the whole batch unless it may fail in part; a conflict always does. */
function planAll(inputs: BatchInput[], plan: Plan, writes: RecordWrites, facts: KindFacts): Planned {
  const gone = goneText(facts);
  const inPart = mayFailInPart(inputs);
  const planned: Planned['planned'] = [];
  const errors: JsonObject[] = [];
  const missing: string[] = [];
  for (const input of inputs) {
    const problems = inPart ? writes.problemsOf(input.properties) : [];
    if (problems.length > 0) {
      errors.push(
        itemError('VALIDATION_ERROR', 'Property values were not valid', contextOf(input), problems),
      );
      continue;
    }
    try {
      const write = plan(input, writes);
      if (write) planned.push({ write, input });
      else if (input.objectWriteTraceId !== undefined) {
        errors.push(itemError('OBJECT_NOT_FOUND', gone, { ids: [input.id], ...contextOf(input) }));
      } else missing.push(input.id);
    } catch (error) {
      if (!(error instanceof ItemRefused)) throw error;
      errors.push(itemError('VALIDATION_ERROR', error.message, { ...contextOf(input), ids: [input.id] }));
    }
  }
  if (missing.length > 0) errors.push(itemError('OBJECT_NOT_FOUND', gone, { ids: missing }));
  return { planned, errors };
}

function presentResult(
  record: CrmRecord,
  input: BatchInput,
  facts: KindFacts,
  isNew: boolean | undefined,
): JsonObject {
  const result = presentWritten(record, Object.keys(asObject(input.properties)), facts);
  if (input.objectWriteTraceId !== undefined) result['objectWriteTraceId'] = input.objectWriteTraceId;
  if (isNew !== undefined) result['new'] = isNew;
  return result;
}

const goneText = ({ singular }: KindFacts): string =>
  `Could not find some ${singular.toUpperCase()} objects, they may be deleted or not exist. Check that ids are valid.`;
