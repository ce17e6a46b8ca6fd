import { IsIn, IsInt, IsObject, IsOptional, IsString, IsUUID, MaxLength } from 'class-validator';
import { Event } from '../kernel/message.js';

export const wakers = ['time', 'event', 'decision'] as const;
export type Waker = (typeof wakers)[number];

/** What a run waited for has come: a time, an event, or a person's decision. Moves this run and nothing else. */
@Event('flow.run-woken.v1')
export class RunWoken {
  @IsIn(wakers)
  by: Waker;

  /** `event`: which listener, of the step or of the whole run. */
  @IsOptional()
  @IsIn(['step', 'anywhere'])
  scope?: 'step' | 'anywhere';

  @IsOptional()
  @IsInt()
  place?: number;

  /** `event`: its id and its data. */
  @IsOptional()
  @IsUUID()
  eventId?: string;

  @IsOptional()
  @IsObject()
  event?: object;

  /** `decision`: the approval. */
  @IsOptional()
  @IsUUID()
  approvalId?: string;

  @IsOptional()
  @IsString()
  @MaxLength(20)
  decision?: string;

  /** `decision`: what was approved, as it was amended last. */
  @IsOptional()
  @IsObject()
  proposal?: object;

  constructor(init: RunWoken) {
    Object.assign(this, init);
  }
}
