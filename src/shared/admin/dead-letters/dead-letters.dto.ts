import { ApiProperty, ApiPropertyOptional, IntersectionType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsInt, IsOptional, Min, ValidateNested } from 'class-validator';
import { PageQuery, pageDto } from '../../http/page.dto.js';
import { ReasonDto, SeveralOf } from '../request.dto.js';
import {
  anyObject,
  described,
  IdFilter,
  IsId,
  NameFilter,
  orNull,
  text,
  time,
  TimeFilter,
  uuid,
  whole,
} from '../schemas.js';

export const deadLetterStatuses = ['dead', 'uncertain', 'retried', 'discarded'] as const;
const openStatuses = ['dead', 'uncertain'] as const;

/** Conditions by which open dead letters are picked. */
export class DeadLetterFilter {
  @NameFilter('Of this flow.', 'new-lead')
  flow?: string;

  @NameFilter('Of this command or event.', 'crm.upsert-contact.v1')
  type?: string;

  @NameFilter('With this error.', 'CRM.CONTACT_REJECTED')
  code?: string;

  @TimeFilter('Died before this time.')
  before?: string;
}

/** Which dead letters. */
export class DeadLetterQuery extends IntersectionType(PageQuery, DeadLetterFilter) {
  @SeveralOf(deadLetterStatuses, 'In one of these states; without it the open ones.', openStatuses)
  status: string[] = [...openStatuses];

  @IdFilter('Of this run.')
  runId?: string;
}

/** What failed for good, and waits for a person. */
export class DeadLetterDto {
  @ApiProperty(described(uuid, 'Of the delivery.'))
  id: string;

  @ApiProperty({ enum: deadLetterStatuses, description: '`uncertain`: its effect may have happened.' })
  status: string;

  @ApiProperty({ type: String, example: 'new-lead' })
  flow: string;

  @ApiProperty(orNull(uuid))
  runId: string | null;

  @ApiProperty(described(text, 'Empty for an event that starts a run.'))
  step: string;

  @ApiProperty(whole)
  visit: number;

  @ApiProperty({ type: String, example: 'crm.upsert-contact.v1' })
  type: string;

  @ApiProperty({ type: String, description: 'The connector, or `local`.', example: 'hubspot' })
  lane: string;

  @ApiProperty({ type: String, example: 'CRM.CONTACT_REJECTED' })
  code: string;

  @ApiProperty(orNull(text, 'The error in words.'))
  message: string | null;

  @ApiProperty(whole)
  attempts: number;

  @ApiProperty(described(time, 'When its message was recorded.'))
  createdAt: Date;

  @ApiProperty(time)
  diedAt: Date;

  @ApiProperty(orNull(time))
  closedAt: Date | null;

  @ApiProperty(orNull(text))
  closedBy: string | null;

  @ApiProperty(orNull(text))
  closeReason: string | null;
}

export class DeadLetterPage extends pageDto(DeadLetterDto) {}

/** One try of a delivery. */
export class AttemptDto {
  @ApiProperty(uuid)
  id: string;

  @ApiProperty(described(whole, 'Counted from 1 since the last retry by a person.'))
  number: number;

  @ApiProperty({ type: String, example: 'retry' })
  outcome: string;

  @ApiProperty(orNull(anyObject))
  error: Record<string, unknown> | null;

  @ApiProperty(time)
  startedAt: Date;

  @ApiProperty(time)
  finishedAt: Date;

  @ApiProperty(uuid)
  worker: string;
}

/** A dead letter with its error and its last 200 attempts; without its payload. */
export class DeadLetterDetailDto extends DeadLetterDto {
  @ApiProperty(uuid)
  messageId: string;

  @ApiProperty(described(anyObject, 'Code, kind, message and details.'))
  error: Record<string, unknown>;

  @ApiProperty({ type: Boolean, description: 'Later deliveries of its key wait until it is dealt with.' })
  holdsItsKey: boolean;

  @ApiProperty({ type: [AttemptDto], description: 'Oldest first.' })
  attemptList: AttemptDto[];
}

/** What the message says, in clear. */
export class PayloadDto {
  @ApiProperty(anyObject)
  payload: unknown;
}

/** Several at once: by their ids, or all open ones that match. */
export class RetryDeadLettersDto {
  @ApiPropertyOptional({ ...uuid, isArray: true, minItems: 1, maxItems: 500 })
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(500)
  @IsId({ each: true })
  ids?: string[];

  @ApiPropertyOptional({ type: DeadLetterFilter, description: 'At least one condition.' })
  @IsOptional()
  @ValidateNested()
  @Type(() => DeadLetterFilter)
  filter?: DeadLetterFilter;

  @ApiPropertyOptional({
    ...whole,
    description:
      'With `filter`: how many match. Without it, or when it is another number, the answer is 409 and tells.',
  })
  @IsOptional()
  @IsInt()
  @Min(0)
  confirm?: number;
}

export class DiscardDeadLettersDto extends IntersectionType(RetryDeadLettersDto, ReasonDto) {}

/** What became of them. */
export class MovedDto {
  @ApiProperty(described(whole, 'How many were open and have been moved.'))
  count: number;

  @ApiProperty({ ...text, isArray: true, description: 'Their ids; at most 500 of them.' })
  ids: readonly string[];
}
