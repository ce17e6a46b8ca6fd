import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsOptional, IsString, MaxLength } from 'class-validator';
import { pageDto } from '../../http/page.dto.js';
import { OneOf, ReasonDto, SeveralOf, TimeRangeQuery } from '../request.dto.js';
import {
  anyObject,
  described,
  IsLine,
  milliseconds,
  NameFilter,
  orNull,
  text,
  time,
  uuid,
  whole,
} from '../schemas.js';

export const runStatuses = ['running', 'held', 'cancelling', 'done', 'failed', 'cancelled'] as const;
export const runModes = ['shadow', 'redirect', 'live'] as const;

/** Which runs. */
export class RunQuery extends TimeRangeQuery {
  @NameFilter('Of this flow.', 'new-lead')
  flow?: string;

  @SeveralOf(runStatuses, 'In one of these states.')
  status?: string[];

  @OneOf(runModes, 'Started in this mode.')
  mode?: string;

  @NameFilter('At this step now.', 'upsert-contact')
  step?: string;

  @ApiPropertyOptional({
    type: String,
    maxLength: 500,
    description:
      'What the case is known by, in clear: an e-mail address, an invoice, a deal, a ticket; only its keyed hash is compared.',
  })
  @IsOptional()
  @IsString()
  @MaxLength(500)
  businessKey?: string;

  @ApiPropertyOptional({
    type: Boolean,
    description: '`true`: only open runs that nothing will move, which is a defect; a retry moves them.',
  })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (value === 'true' ? true : value === 'false' ? false : value))
  @IsBoolean()
  stranded?: boolean;
}

/** A run, without what people wrote. */
export class RunDto {
  @ApiProperty(uuid)
  id: string;

  @ApiProperty({ type: String, example: 'new-lead' })
  flow: string;

  @ApiProperty(described(whole, 'Of the flow: pinned when the run started.'))
  version: number;

  @ApiProperty({ enum: runModes })
  mode: string;

  @ApiProperty({ enum: runStatuses })
  status: string;

  @ApiProperty({ type: String, example: 'upsert-contact' })
  step: string;

  @ApiProperty(described(whole, 'How many steps were entered so far.'))
  visit: number;

  @ApiProperty(described(whole, 'How often it was redone.'))
  generation: number;

  @ApiProperty(orNull(text, 'Why it is held or cancelled: an error code, or what a person wrote.'))
  reason: string | null;

  @ApiProperty(time)
  createdAt: Date;

  @ApiProperty(time)
  updatedAt: Date;

  @ApiProperty(orNull(time))
  finishedAt: Date | null;

  @ApiProperty(described(milliseconds, 'Milliseconds, until now while it is open.'))
  durationMs: number;
}

export class RunPage extends pageDto(RunDto) {}

/** What the run holds, in clear. */
export class RunStateDto {
  @ApiProperty(anyObject)
  state: unknown;
}

export class RedoDto extends ReasonDto {
  @ApiProperty({
    type: String,
    maxLength: 100,
    description: 'From which step on.',
    example: 'upsert-contact',
  })
  @IsLine(100)
  step: string;
}

export class CancelRunDto extends ReasonDto {
  @ApiPropertyOptional({
    type: Boolean,
    default: false,
    description:
      'Take back what the run did, as far as its commands declare how. Refused while a step is being worked on.',
  })
  @IsOptional()
  @IsBoolean()
  undo?: boolean;
}

/** Something that the run did outside. */
export class DoneEffectDto {
  @ApiProperty(text)
  step: string;

  @ApiProperty({ ...text, example: 'crm.create-crm-task.v1' })
  command: string;

  @ApiProperty({ type: Boolean, description: 'Whether it is being taken back; what is not stays as it is.' })
  undone: boolean;
}

export class CancelledRunDto {
  @ApiProperty({ enum: runStatuses, description: '`cancelling` while a step is being worked on.' })
  status: string;

  @ApiPropertyOptional({
    type: () => DoneEffectDto,
    isArray: true,
    description: 'What the run had done, the last first. Only with `undo`.',
  })
  effects?: readonly DoneEffectDto[];
}

export class RetriedRunDto {
  @ApiProperty({ ...text, isArray: true, description: 'Deliveries that are tried again.' })
  deliveries: readonly string[];
}

export class RedoneRunDto {
  @ApiProperty(whole)
  generation: number;
}
