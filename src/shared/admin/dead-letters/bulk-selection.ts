import { Injectable } from '@nestjs/common';
import type { DeadLetterSelection, Moved } from '../../messaging/dead-letters.js';
import { NotConfirmed, SelectionInvalid } from '../admin.errors.js';
import { DeadLettersRead } from './dead-letters-read.js';
import type { DeadLetterFilter, MovedDto, RetryDeadLettersDto } from './dead-letters.dto.js';

const mostIds = 500;

/** What a person asked to be done to many dead letters at once. */
@Injectable()
export class BulkSelection {
  constructor(private readonly read: DeadLettersRead) {}

  /**
   * A filter can match more than a person has seen, so it is only taken together with the number of its matches.
   * @throws ADMIN.SELECTION_INVALID, ADMIN.NOT_CONFIRMED
   */
  async of({ ids, filter, confirm }: RetryDeadLettersDto): Promise<DeadLetterSelection> {
    if (ids && !filter) return { ids: [...new Set(ids)] };
    if (ids || !filter || Object.values(filter).every((value) => value === undefined))
      throw SelectionInvalid();
    const count = await this.read.countOpen(filter);
    if (confirm !== count) throw NotConfirmed({ details: { count } });
    return selectionOf(filter);
  }
}

function selectionOf({ flow, type, code, before }: DeadLetterFilter): DeadLetterSelection {
  return { flow, type, code, before: before === undefined ? undefined : new Date(before) };
}

export function movedDto({ ids }: Moved): MovedDto {
  return { count: ids.length, ids: ids.slice(0, mostIds) };
}
