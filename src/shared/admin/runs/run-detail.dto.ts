import { ApiProperty } from '@nestjs/swagger';
import { anyObject, described, milliseconds, orNull, text, time, uuid, whole } from '../schemas.js';
import { RunDto } from './runs.dto.js';

export const waits = [
  'leased',
  'queued',
  'due',
  'timer',
  'events',
  'approval',
  'order',
  'paused',
  'parked',
  'suspect',
  'dead-letter',
  'stranded',
  'nothing',
] as const;

/** What moves the run on next. */
export class WaitingForDto {
  @ApiProperty({
    enum: waits,
    description: '`stranded`: the run is open and nothing will move it; that is a defect.',
  })
  kind: string;

  @ApiProperty({ type: String, description: 'In words.', example: 'due in 42 s, attempt 3' })
  text: string;

  @ApiProperty(orNull(text))
  step: string | null;

  @ApiProperty(orNull(uuid))
  deliveryId: string | null;

  @ApiProperty(orNull(time, 'When it is due, or the lease ends.'))
  until: Date | null;

  @ApiProperty(orNull(text, 'What it takes: a capability, the code of a dead letter, what is paused.'))
  requires: string | null;
}

export const timelineKinds = [
  'event',
  'run',
  'attempt',
  'effect',
  'dead-letter',
  'approval',
  'policy',
  'action',
] as const;

/** One thing that happened in a run. */
export class TimelineItemDto {
  @ApiProperty({ enum: timelineKinds })
  kind: string;

  @ApiProperty(time)
  at: Date;

  @ApiProperty(orNull(milliseconds))
  durationMs: number | null;

  @ApiProperty({ type: String, description: 'In words, without personal data.' })
  text: string;

  @ApiProperty(orNull(text))
  step: string | null;

  @ApiProperty(orNull(whole))
  visit: number | null;

  @ApiProperty(orNull(text, 'Of an attempt, an effect’s state, a dead letter’s status.'))
  outcome: string | null;

  @ApiProperty(orNull(text))
  actor: string | null;

  @ApiProperty(orNull(uuid, 'Of the event’s delivery, attempt, effect, delivery or audit entry.'))
  id: string | null;

  @ApiProperty(anyObject)
  details: Record<string, unknown>;
}

/** A run with all that is known of it, without what people wrote. */
export class RunDetailDto extends RunDto {
  @ApiProperty(described(uuid, 'The event.'))
  startedBy: string;

  @ApiProperty(orNull(uuid, 'The inbound delivery that the event came with.'))
  deliveryId: string | null;

  @ApiProperty(orNull(text, '32 hex digits: finds it in logs and traces.'))
  traceId: string | null;

  @ApiProperty({ type: WaitingForDto })
  waitingFor: WaitingForDto;

  @ApiProperty({ type: [TimelineItemDto], description: 'Oldest first; the last 1,000.' })
  timeline: TimelineItemDto[];
}
