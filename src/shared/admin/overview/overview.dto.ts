import { ApiProperty } from '@nestjs/swagger';
import { OpenRunsDto } from '../flows/flows.dto.js';
import { described, milliseconds, orNull, text, time, uuid, whole } from '../schemas.js';

export class OpenDeadLettersDto {
  @ApiProperty(whole)
  dead: number;

  @ApiProperty(whole)
  uncertain: number;
}

export class LaneStateDto {
  @ApiProperty({ type: String, example: 'hubspot' })
  lane: string;

  @ApiProperty({ enum: ['pending', 'leased', 'suspect', 'parked'] })
  state: string;

  @ApiProperty(whole)
  count: number;
}

export class ParkedDto {
  @ApiProperty({
    type: String,
    example: 'new-lead@2:crm.upsert-contact.v1',
    description: 'What no process can run.',
  })
  requires: string;

  @ApiProperty(whole)
  count: number;
}

export class WorkerDto {
  @ApiProperty(uuid)
  id: string;

  @ApiProperty({ type: String, description: 'Host and process id.' })
  name: string;

  @ApiProperty({ ...text, isArray: true })
  roles: string[];

  @ApiProperty(time)
  startedAt: string;

  @ApiProperty(time)
  seenAt: string;
}

export class TimersDto {
  @ApiProperty(whole)
  count: number;

  @ApiProperty(orNull(time))
  nextDueAt: string | null;
}

export class PausedDto {
  @ApiProperty({ enum: ['flow', 'connector'] })
  kind: string;

  @ApiProperty(text)
  name: string;

  @ApiProperty(text)
  reason: string;
}

/** The state of the whole at one moment. */
export class OverviewDto {
  @ApiProperty(time)
  at: Date;

  @ApiProperty(described(whole, 'Inbound deliveries that were accepted within the last hour.'))
  acceptedLastHour: number;

  @ApiProperty(whole)
  rejectedLastHour: number;

  @ApiProperty({ type: OpenRunsDto })
  openRuns: OpenRunsDto;

  @ApiProperty({ type: OpenDeadLettersDto })
  deadLetters: OpenDeadLettersDto;

  @ApiProperty(described(whole, 'Effects on which a person decides.'))
  uncertainEffects: number;

  @ApiProperty(described(whole, 'Questions that people have not answered.'))
  openApprovals: number;

  @ApiProperty(described(whole, 'Open runs that nothing will move: a defect.'))
  strandedRuns: number;

  @ApiProperty({ type: [LaneStateDto], description: 'Live deliveries.' })
  lanes: LaneStateDto[];

  @ApiProperty(orNull(milliseconds, 'Milliseconds since the oldest waiting delivery became due.'))
  oldestDueAgeMs: number | null;

  @ApiProperty({ type: [ParkedDto] })
  parked: ParkedDto[];

  @ApiProperty({ type: [WorkerDto], description: 'Processes that were heard of within 30 seconds.' })
  workers: WorkerDto[];

  @ApiProperty({ type: TimersDto })
  timers: TimersDto;

  @ApiProperty({ type: [PausedDto] })
  paused: PausedDto[];
}
