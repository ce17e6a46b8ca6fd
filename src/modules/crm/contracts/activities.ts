import { IsIn, IsISO8601, IsObject, IsOptional, IsString, MaxLength } from 'class-validator';
import { Command, CommandType, Event } from '../../../shared/kernel/message.js';

export const aboutTypes = ['deal', 'contact', 'ticket'] as const;
export type AboutType = (typeof aboutTypes)[number];

/** What a note or a task is about, by the CRM's id. */
export interface CrmAbout {
  readonly type: AboutType;
  readonly id: string;
}

interface Keyed {
  readonly about?: CrmAbout;
  readonly key: string;
}

/** `deal:7700501:stage-closedwon`; `none::…` about nothing. */
function keyOf({ about, key }: Keyed): string {
  return about ? `${about.type}:${about.id}:${key}` : `none::${key}`;
}

/** `gone`: what it is about is not in the CRM (any more), so nothing was written and the id means nothing. */
export interface NoteAnswer {
  noteId: string;
  state: 'added' | 'gone';
}

/** `gone`: what it is about is not in the CRM (any more), so there is no task and the id means nothing. */
export interface TaskAnswer {
  taskId: string;
  state: 'created' | 'gone';
}

/** Writes a note into the timeline of a deal, a contact or a ticket. */
@CommandType<AddCrmNote>('crm.add-crm-note.v1', {
  effect: { connector: 'hubspot', class: 'lookup', target: keyOf },
})
export class AddCrmNote extends Command<NoteAnswer> {
  @IsObject()
  about: CrmAbout;

  /** Plain text; line breaks stay. */
  @IsString()
  @MaxLength(50_000)
  text: string;

  /** When what it tells happened. */
  @IsISO8601()
  time: string;

  /** Tells notes about one thing apart in one step. */
  @IsString()
  @MaxLength(200)
  key: string;
}

/**
 * Gives a person something to do: once for its key, whatever asks for it again and however it is worded then. So a deal
 * that comes into a stage twice has its task once.
 */
@CommandType<CreateCrmTask>('crm.create-crm-task.v1', {
  effect: {
    ...{ connector: 'hubspot', class: 'lookup', scope: 'business' },
    target: keyOf,
    request: keyOf,
  },
  orderedBy: keyOf,
  undo: {
    by: () => CompleteCrmTask,
    data: (_, { taskId, state }) => (state === 'gone' ? undefined : { taskId }),
  },
})
export class CreateCrmTask extends Command<TaskAnswer> {
  /** Without it the task is about nothing, and is seen by its owner alone. */
  @IsOptional()
  @IsObject()
  about?: CrmAbout;

  @IsString()
  @MaxLength(500)
  title: string;

  /** Plain text; line breaks stay. */
  @IsString()
  @MaxLength(50_000)
  body: string;

  /** By the CRM's id; nobody's task without one. */
  @IsOptional()
  @IsString()
  @MaxLength(64)
  ownerId?: string;

  @IsISO8601()
  dueAt: string;

  /** What makes tasks about one thing one. */
  @IsString()
  @MaxLength(200)
  key: string;
}

/** `gone`: somebody has deleted it. */
export interface TaskCompletion {
  taskId: string;
  state: 'completed' | 'gone';
}

/** Marks a task as done; one that is done, or that somebody has deleted, stays as it is. */
@CommandType<CompleteCrmTask>('crm.complete-crm-task.v1', {
  effect: { connector: 'hubspot', class: 'lookup', target: ({ taskId }) => `task:${taskId}` },
})
export class CompleteCrmTask extends Command<TaskCompletion> {
  @IsString()
  @MaxLength(64)
  taskId: string;
}

/** A note was written. */
@Event('crm.note-added.v1')
export class NoteAdded {
  @IsString()
  @MaxLength(64)
  noteId: string;

  @IsIn(aboutTypes)
  aboutType: AboutType;

  @IsString()
  @MaxLength(64)
  aboutId: string;

  constructor(init: NoteAdded) {
    Object.assign(this, init);
  }
}

/** A task was made, or found to have been made before. */
@Event('crm.task-created.v1')
export class TaskCreated {
  @IsString()
  @MaxLength(64)
  taskId: string;

  @IsOptional()
  @IsIn(aboutTypes)
  aboutType?: AboutType;

  @IsOptional()
  @IsString()
  @MaxLength(64)
  aboutId?: string;

  constructor(init: TaskCreated) {
    Object.assign(this, init);
  }
}

/** A task is done. */
@Event('crm.task-completed.v1')
export class TaskCompleted {
  @IsString()
  @MaxLength(64)
  taskId: string;

  constructor(init: TaskCompleted) {
    Object.assign(this, init);
  }
}
