import type { CrmAbout } from '../contracts.js';

export interface NoteWish {
  readonly about: CrmAbout;
  /** Plain text. */
  readonly text: string;
  /** When what it tells happened. */
  readonly at: Date;
  /** Ours: the note is found by it. */
  readonly reference: string;
}

export interface TaskWish {
  readonly about?: CrmAbout;
  readonly title: string;
  /** Plain text. */
  readonly body: string;
  /** By the CRM's id. */
  readonly ownerId?: string;
  readonly dueAt: Date;
  /** Ours: the task is found by it. */
  readonly reference: string;
}

export interface CrmTask {
  readonly id: string;
  readonly isDone: boolean;
}

/**
 * What people see in a CRM's timelines and lists of things to do. The CRM knows no idempotency, so everything that is
 * made carries our reference and is looked up by it before it is made again; such lookups lag behind by the provider's
 * index. Requests that are made at the same time share calls. All errors are coded (`crm.errors.ts`).
 */
export abstract class CrmActivities {
  /** @returns the note's id */
  abstract findNote(reference: string, signal?: AbortSignal): Promise<string | undefined>;

  /** @returns the note's id @throws CRM.RECORD_GONE when there is nothing that it could be about */
  abstract createNote(wish: NoteWish, signal?: AbortSignal): Promise<string>;

  /** @returns the task's id */
  abstract findTask(reference: string, signal?: AbortSignal): Promise<string | undefined>;

  /** @returns the task's id @throws CRM.RECORD_GONE when there is nothing that it could be about */
  abstract createTask(wish: TaskWish, signal?: AbortSignal): Promise<string>;

  /** Undefined when there is no such task (any more). Does not lag. */
  abstract readTask(id: string, signal?: AbortSignal): Promise<CrmTask | undefined>;

  /** @throws CRM.RECORD_GONE */
  abstract completeTask(id: string, signal?: AbortSignal): Promise<void>;
}
