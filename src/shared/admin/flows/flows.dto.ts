import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsEmail, IsIn, IsInt, IsOptional, Matches, Max, Min } from 'class-validator';
import { pageDto } from '../../http/page.dto.js';
import { anyObject, described, orNull, text, time, whole } from '../schemas.js';

export const flowModes = ['off', 'shadow', 'redirect', 'live'] as const;

/** Who stopped it, and why. */
export class PauseDto {
  @ApiProperty(text)
  reason: string;

  @ApiProperty({ type: String, example: 'key:7q2mz0c4tkwe' })
  by: string;

  @ApiProperty(time)
  at: Date;
}

export class FlowVersionDto {
  @ApiProperty(whole)
  version: number;

  @ApiProperty(time)
  registeredAt: string;
}

export class FlowStepDto {
  @ApiProperty({ type: String, example: 'upsert-contact' })
  name: string;

  @ApiProperty({ type: String, example: 'send' })
  kind: string;

  @ApiProperty({ type: String, example: 'crm.upsert-contact.v1' })
  command: string;

  @ApiProperty(
    described(anyObject, 'What it does after a failure, by kind; without an answer the run is held.'),
  )
  fail: Record<string, unknown>;
}

export class OpenRunsDto {
  @ApiProperty(whole)
  running: number;

  @ApiProperty(described(whole, 'A dead letter waits for a person.'))
  held: number;

  @ApiProperty(whole)
  cancelling: number;
}

/** The most effects that a live flow may have in an hour; it is paused when it would have more. */
export class CapsDto {
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 10_000_000 })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(10_000_000)
  perHour?: number;

  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 10_000_000 })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(10_000_000)
  perRecipientPerHour?: number;
}

/** Where everything goes in redirect mode. */
export class RedirectDto {
  @ApiPropertyOptional({ type: String, format: 'email', example: 'test@example.com' })
  @IsOptional()
  @IsEmail()
  email?: string;

  @ApiPropertyOptional({
    type: String,
    pattern: '^\\+[1-9]\\d{6,14}$',
    description: 'E.164',
    example: '+15550100199',
  })
  @IsOptional()
  @Matches(/^\+[1-9]\d{6,14}$/, { message: 'phone must be in E.164: +15550100199' })
  phone?: string;
}

export class SetModeDto {
  @ApiProperty({ enum: flowModes, description: '`shadow` decides and records, and sends nothing.' })
  @IsIn(flowModes)
  mode: (typeof flowModes)[number];
}

/** A flow: what it is made of, how it runs, and what it has open. */
export class FlowDto {
  @ApiProperty({ type: String, example: 'new-lead' })
  name: string;

  @ApiProperty(described(whole, 'What new runs take; runs under way keep theirs.'))
  activeVersion: number;

  @ApiProperty({ type: [FlowVersionDto], description: 'Newest first.' })
  versions: FlowVersionDto[];

  @ApiProperty(orNull({ type: String, example: 'intake.form-submitted.v1' }, 'The event that starts a run.'))
  startedBy: string | null;

  @ApiProperty({ type: [FlowStepDto], description: 'Of the active version.' })
  steps: FlowStepDto[];

  @ApiProperty({ ...text, isArray: true, description: 'What it may send: its permissions.' })
  commands: string[];

  @ApiProperty({ enum: flowModes })
  mode: string;

  @ApiProperty({ enum: flowModes, description: 'For events that were recorded before `modeSince`.' })
  previousMode: string;

  @ApiProperty(orNull(time, 'Null: since ever.'))
  modeSince: Date | null;

  @ApiProperty({ type: CapsDto })
  caps: CapsDto;

  @ApiProperty({ type: RedirectDto })
  redirect: RedirectDto;

  @ApiProperty({ type: PauseDto, nullable: true })
  paused: PauseDto | null;

  @ApiProperty({ type: OpenRunsDto })
  openRuns: OpenRunsDto;

  @ApiProperty(described(whole, 'Of the settings; `ETag` and `If-Match` carry it.'))
  revision: number;

  @ApiProperty(text)
  updatedBy: string;

  @ApiProperty(time)
  updatedAt: Date;
}

export class FlowPage extends pageDto(FlowDto) {}
