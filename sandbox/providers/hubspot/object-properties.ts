import { contactProperties } from './contact-properties.ts';
import type { Kind, KindFacts } from './kinds.ts';
import { builtInPipelines } from './pipelines.ts';
import type { Pipeline } from './pipelines.ts';
import { choice, define, toOptions } from './property-definitions.ts';
import type { PropertyDefinition, PropertyGroup } from './property-definitions.ts';

const date = { type: 'datetime', fieldType: 'date' } as const;
const long = { fieldType: 'textarea' } as const;
const owner = define('hubspot_owner_id', 'Owner');

/** Where properties stand on the pages of a kind. */
const GROUPS: Record<Kind, string> = {
  contacts: 'contactinformation',
  deals: 'dealinformation',
  notes: 'note',
  tasks: 'task',
  tickets: 'ticketinformation',
};

const TASK_STATES = ['NOT_STARTED', 'IN_PROGRESS', 'WAITING', 'COMPLETED', 'DEFERRED'];

const PROPERTIES: Record<Kind, () => PropertyDefinition[]> = {
  contacts: contactProperties,
  deals: () => [
    define('dealname', 'Deal Name'),
    define('amount', 'Amount', { type: 'number', fieldType: 'number' }),
    define('closedate', 'Close Date', date),
    define('description', 'Deal Description', long),
    choice('dealtype', 'Deal Type', ['newbusiness', 'existingbusiness']),
    define('deal_currency_code', 'Currency'),
    ...stageProperties(builtInPipelines),
    owner,
  ],
  notes: () => [
    define('hs_timestamp', 'Activity date', date),
    define('hs_note_body', 'Note body', long),
    owner,
  ],
  tasks: () => [
    define('hs_timestamp', 'Due date', date),
    define('hs_task_subject', 'Task Title'),
    define('hs_task_body', 'Notes', long),
    choice('hs_task_status', 'Task Status', TASK_STATES),
    choice('hs_task_priority', 'Priority', ['NONE', 'LOW', 'MEDIUM', 'HIGH']),
    choice('hs_task_type', 'Task Type', ['TODO', 'CALL', 'EMAIL']),
    owner,
  ],
  tickets: () => [
    define('subject', 'Ticket name'),
    define('content', 'Ticket description', long),
    choice('hs_pipeline', 'Pipeline', ['0']),
    choice('hs_pipeline_stage', 'Ticket status', ['1', '2', '3', '4']),
    choice('hs_ticket_priority', 'Priority', ['LOW', 'MEDIUM', 'HIGH', 'URGENT']),
    owner,
  ],
};

/** The properties that every account has for a kind, by their names. */
export function builtInProperties({ kind, created, modified }: KindFacts): Map<string, PropertyDefinition> {
  const computed = [
    define(created, 'Create Date', { ...date, readOnly: true }),
    define(modified, 'Last Modified Date', { ...date, readOnly: true }),
    define('hs_object_id', 'Record ID', { type: 'number', fieldType: 'number', readOnly: true }),
  ];
  const all = [...PROPERTIES[kind](), ...computed];
  return new Map(all.map((definition) => [definition.name, { ...definition, groupName: GROUPS[kind] }]));
}

export function builtInGroups({ kind, singular }: KindFacts): Map<string, PropertyGroup> {
  return new Map([[GROUPS[kind], { name: GROUPS[kind], label: `${singular} information` }]]);
}

/** A deal may be in any pipeline, and in any stage of any. */
export function stageProperties(pipelines: Pipeline[]): PropertyDefinition[] {
  const stages = pipelines.flatMap((pipeline) => pipeline.stages);
  const options = (list: { id: string; label: string }[]) =>
    toOptions(list.map(({ id, label }) => ({ value: id, label })));
  const enumeration = { type: 'enumeration', groupName: GROUPS.deals } as const;
  return [
    define('pipeline', 'Pipeline', { ...enumeration, fieldType: 'select', options: options(pipelines) }),
    define('dealstage', 'Deal Stage', { ...enumeration, fieldType: 'radio', options: options(stages) }),
  ];
}
