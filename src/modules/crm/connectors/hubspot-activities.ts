import { Coalescer } from '../../../shared/connectors/coalesce.js';
import { Remembered } from '../../../shared/connectors/remembered.js';
import type { Settled } from '../../../shared/connectors/settled.js';
import { CodedError } from '../../../shared/kernel/coded-error.js';
import type { AboutType, CrmAbout } from '../contracts.js';
import { RecordGone, ScopesMissing } from '../crm.errors.js';
import { htmlOf, signedWith, titleOf } from '../domain/activity-text.js';
import { CrmActivities, type CrmTask, type NoteWish, type TaskWish } from './crm-activities.js';
import type { Association } from './hubspot-batches.js';
import { HubspotCreations } from './hubspot-creations.js';
import type { HubspotNotesApi } from './hubspot-notes-api.js';
import { HubspotReferences } from './hubspot-references.js';
import type { HubspotSchemaApi } from './hubspot-schema-api.js';
import type { HubspotTasksApi } from './hubspot-tasks-api.js';
import { HubspotUpdates } from './hubspot-updates.js';

/** The property of tasks that takes our reference, once the account has it. */
export const referenceProperty = 'signalbox_ref';

/** HubSpot's types of associations, by what a note or task is about (`AssociationTypes` of @hubspot/api-client). */
const noteTypes: Readonly<Record<AboutType, number>> = { contact: 202, deal: 214, ticket: 228 };
const taskTypes: Readonly<Record<AboutType, number>> = { contact: 204, deal: 216, ticket: 230 };

const schemaKeptMs = 60_000;

/**
 * HubSpot's notes and tasks. Our reference stands at the end of a note's text, and in a task's own property or, in an
 * account without that, at the end of its text.
 */
export class HubspotActivities extends CrmActivities {
  private readonly noteReferences: HubspotReferences;
  private readonly taskReferences: HubspotReferences;
  private readonly notes: HubspotCreations;
  private readonly tasks: HubspotCreations;
  private readonly readings: Coalescer<string, CrmTask | undefined>;
  private readonly completions: HubspotUpdates;
  private readonly schema = new Remembered<boolean>(schemaKeptMs);

  constructor(
    notesApi: HubspotNotesApi,
    private readonly tasksApi: HubspotTasksApi,
    private readonly schemaApi: HubspotSchemaApi,
  ) {
    super();
    this.noteReferences = new HubspotReferences((...search) => notesApi.search(...search), 'hs_note_body');
    this.taskReferences = new HubspotReferences(
      (...search) => tasksApi.search(...search),
      'hs_task_body',
      referenceProperty,
    );
    this.notes = new HubspotCreations((...creation) => notesApi.create(...creation));
    this.tasks = new HubspotCreations((...creation) => tasksApi.create(...creation));
    this.readings = new Coalescer({ max: 100, run: (ids, signal) => this.readAll(ids, signal) });
    this.completions = new HubspotUpdates((...update) => tasksApi.update(...update));
  }

  findNote(reference: string, signal?: AbortSignal): Promise<string | undefined> {
    return this.noteReferences.inText(reference, signal);
  }

  createNote({ about, text, at, reference }: NoteWish, signal?: AbortSignal): Promise<string> {
    const properties = {
      hs_timestamp: at.toISOString(),
      hs_note_body: signedWith(htmlOf(text), reference),
    };
    return this.notes.add({ reference, properties, associations: [to(about, noteTypes)] }, signal);
  }

  async findTask(reference: string, signal?: AbortSignal): Promise<string | undefined> {
    return (await this.hasProperty())
      ? this.taskReferences.inProperty(reference, signal)
      : this.taskReferences.inText(reference, signal);
  }

  async createTask(wish: TaskWish, signal?: AbortSignal): Promise<string> {
    const { about, title, body, ownerId, dueAt, reference } = wish;
    const text = htmlOf(body);
    const properties = {
      hs_timestamp: dueAt.toISOString(),
      hs_task_subject: titleOf(title),
      ...{ hs_task_status: 'NOT_STARTED', hs_task_priority: 'MEDIUM', hs_task_type: 'TODO' },
      ...(ownerId && { hubspot_owner_id: ownerId }),
      ...((await this.hasProperty())
        ? { hs_task_body: text, [referenceProperty]: reference }
        : { hs_task_body: signedWith(text, reference) }),
    };
    const associations = about ? [to(about, taskTypes)] : [];
    return this.tasks.add({ reference, properties, associations }, signal);
  }

  readTask(id: string, signal?: AbortSignal): Promise<CrmTask | undefined> {
    return this.readings.add(id, signal);
  }

  completeTask(id: string, signal?: AbortSignal): Promise<void> {
    return this.completions.add({ id, properties: { hs_task_status: 'COMPLETED' } }, signal);
  }

  /** Whether the account has the property. One whose definitions may not be read is taken for one without it. */
  private hasProperty(): Promise<boolean> {
    return this.schema.get('tasks', async () => {
      const names = this.schemaApi.properties('tasks').catch((error: unknown) => {
        const codes = [ScopesMissing.code, RecordGone.code];
        if (error instanceof CodedError && codes.includes(error.code)) return new Map<string, never>();
        throw error;
      });
      return (await names).has(referenceProperty);
    });
  }

  private async readAll(
    ids: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly Settled<CrmTask | undefined>[]> {
    const properties = ['hs_task_status'];
    const { records } = await this.tasksApi.read({ ids: [...new Set(ids)], properties }, signal);
    const byId = new Map(records.map(({ id, values }) => [id, values]));
    return ids.map((id) => {
      const values = byId.get(id);
      return { value: values && { id, isDone: values['hs_task_status'] === 'COMPLETED' } };
    });
  }
}

function to({ type, id }: CrmAbout, types: Readonly<Record<AboutType, number>>): Association {
  return { id, typeId: types[type] };
}
