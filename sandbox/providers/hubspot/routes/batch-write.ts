import type { FastifyInstance, FastifyReply } from 'fastify';
import { asObject } from '../../../core/json.ts';
import type { JsonObject } from '../../../core/json.ts';
import { answer } from '../answers.ts';
import { contextOf, mayFailInPart, readInputs, refuseDuplicates } from '../batch-input.ts';
import type { BatchInput } from '../batch-input.ts';
import { isoTime, presentWritten } from '../contact.ts';
import type { Contact } from '../contact.ts';
import { ContactWrites } from '../contact-writes.ts';
import type { PlannedWrite } from '../contact-writes.ts';
import { badRequest, itemError } from '../errors.ts';
import { API_SOURCE } from '../events.ts';
import { ItemRefused } from '../item-refused.ts';
import type { Portal } from '../portal.ts';
import { upsertPlan } from './upsert.ts';

/** Plans one input; undefined means that there is no such object. */
export type Plan = (input: BatchInput, writes: ContactWrites) => PlannedWrite | undefined;

const NOT_FOUND =
  'Could not find some CONTACT objects, they may be deleted or not exist. Check that ids are valid.';

export function batchWriteRoutes(app: FastifyInstance, portal: Portal): void {
  const { store } = portal;

  app.post('/crm/v3/objects/contacts/batch/create', (request, reply) => {
    const inputs = readInputs(request.body, false);
    return write(reply, 201, inputs, ({ properties }, writes) => writes.planCreate(properties));
  });

  app.post('/crm/v3/objects/contacts/batch/update', (request, reply) => {
    const inputs = readInputs(request.body, true);
    const find = inputs.map((input) => findForUpdate(input));
    refuseDuplicates(inputs.map((input, index) => find[index]?.id ?? input.id));
    return write(reply, 200, inputs, (input, writes) => {
      const contact = find[inputs.indexOf(input)];
      return contact && writes.planChange(contact, input.properties);
    });
  });

  app.post('/crm/v3/objects/contacts/batch/upsert', (request, reply) => {
    const inputs = readInputs(request.body, true);
    refuseDuplicates(inputs.map(({ id }) => id.toLowerCase()));
    return write(reply, 200, inputs, upsertPlan(store), true);
  });

  app.post('/crm/v3/objects/contacts/batch/archive', (request, reply) => {
    const at = Date.now();
    for (const { id } of readInputs(request.body, true)) {
      if (store.live(id)) portal.commit({ type: 'contact-archived', id, at });
    }
    return reply.code(204).send();
  });

  function write(
    reply: FastifyReply,
    status: number,
    inputs: BatchInput[],
    plan: Plan,
    tellsNew = false,
  ): FastifyReply {
    const startedAt = isoTime(Date.now());
    const writes = new ContactWrites(store, portal.commit, API_SOURCE);
    const { planned, errors } = planAll(inputs, plan, writes);
    writes.commit();
    const results = planned.map(({ write, input }) => {
      const contact = store.contacts.get(write.id);
      if (!contact) throw new Error(`contact ${write.id} vanished`);
      return presentResult(contact, input, tellsNew ? write.isNew : undefined);
    });
    const written: JsonObject = { status: 'COMPLETE', results, startedAt, completedAt: isoTime(Date.now()) };
    if (errors.length === 0) return answer(reply, status, written);
    return answer(reply, 207, { ...written, numErrors: errors.length, errors });
  }

  function findForUpdate({ id, idProperty }: BatchInput): Contact | undefined {
    if (idProperty === undefined) return store.live(id);
    if (store.definitions.get(idProperty)?.hasUniqueValue) return store.byUnique(idProperty, id);
    throw badRequest(`Unable to perform update/upsert by non-unique 0-1 property ${idProperty}`);
  }
}

type Planned = { planned: { write: PlannedWrite; input: BatchInput }[]; errors: JsonObject[] };

/** Plans every input. A bad value refuses the whole batch unless it may fail in part; a conflict always does. */
function planAll(inputs: BatchInput[], plan: Plan, writes: ContactWrites): Planned {
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
        errors.push(itemError('OBJECT_NOT_FOUND', NOT_FOUND, { ids: [input.id], ...contextOf(input) }));
      } else missing.push(input.id);
    } catch (error) {
      if (!(error instanceof ItemRefused)) throw error;
      errors.push(itemError('VALIDATION_ERROR', error.message, { ...contextOf(input), ids: [input.id] }));
    }
  }
  if (missing.length > 0) errors.push(itemError('OBJECT_NOT_FOUND', NOT_FOUND, { ids: missing }));
  return { planned, errors };
}

function presentResult(contact: Contact, input: BatchInput, isNew: boolean | undefined): JsonObject {
  const result = presentWritten(contact, Object.keys(asObject(input.properties)));
  if (input.objectWriteTraceId !== undefined) result['objectWriteTraceId'] = input.objectWriteTraceId;
  if (isNew !== undefined) result['new'] = isNew;
  return result;
}
