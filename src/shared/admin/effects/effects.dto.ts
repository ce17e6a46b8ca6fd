import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsObject, IsOptional } from 'class-validator';
import { pageDto } from '../../http/page.dto.js';
import { ReasonDto, SeveralOf, TimeRangeQuery } from '../request.dto.js';
import {
  anyObject,
  described,
  IdFilter,
  IsLine,
  NameFilter,
  orNull,
  text,
  time,
  uuid,
  whole,
} from '../schemas.js';

export const effectStates = [
  'planned',
  'sending',
  'confirmed',
  'failed',
  'uncertain',
  'abandoned',
  'shadowed',
] as const;
export const effectClasses = ['idempotent', 'lookup', 'hold', 'repeatable'] as const;
export const decisions = ['confirmed', 'resend', 'abandoned'] as const;

/** Which effects. */
export class EffectQuery extends TimeRangeQuery {
  @SeveralOf(effectStates, 'In one of these states.')
  state?: string[];

  @NameFilter('Carried out by this connector.', 'hubspot')
  connector?: string;

  @NameFilter('Of this flow.', 'new-lead')
  flow?: string;

  @IdFilter('Of this run.')
  runId?: string;
}

/** One thing that the system does, or would do, outside. */
export class EffectDto {
  @ApiProperty(uuid)
  id: string;

  @ApiProperty({ enum: effectStates })
  state: string;

  @ApiProperty({ type: String, example: 'hubspot' })
  connector: string;

  @ApiProperty({ type: String, example: 'crm.upsert-contact.v1' })
  command: string;

  @ApiProperty({ enum: effectClasses, description: 'What makes sure that it happens once.' })
  class: string;

  @ApiProperty({ type: String, example: 'new-lead' })
  flow: string;

  @ApiProperty(orNull(uuid))
  runId: string | null;

  @ApiProperty(text)
  step: string;

  @ApiProperty(whole)
  visit: number;

  @ApiProperty(described(whole, 'How often its run was redone before.'))
  generation: number;

  @ApiProperty(orNull(text, 'In words, without personal data: `update contact 123: phone`.'))
  summary: string | null;

  @ApiProperty(orNull(text, 'The provider’s id of what was touched.'))
  providerId: string | null;

  @ApiProperty(described(text, 'What is written into the provider’s object where it has room for it.'))
  reference: string;

  @ApiProperty(whole)
  attempts: number;

  @ApiProperty(time)
  createdAt: Date;

  @ApiProperty(time)
  updatedAt: Date;
}

export class EffectPage extends pageDto(EffectDto) {}

export class EffectDetailDto extends EffectDto {
  @ApiProperty(uuid)
  deliveryId: string;

  @ApiProperty(orNull(text, 'SHA-256 of the answer, hex.'))
  answerDigest: string | null;
}

/** What a person found out about an uncertain effect. */
export class ResolveEffectDto extends ReasonDto {
  @ApiProperty({
    enum: decisions,
    description:
      '`confirmed`: it happened. `resend`: it did not, send it. `abandoned`: give it up, the step fails.',
  })
  @IsIn(decisions)
  decision: (typeof decisions)[number];

  @ApiPropertyOptional({
    type: String,
    maxLength: 200,
    description: 'With `confirmed`: the provider’s id of it.',
  })
  @IsOptional()
  @IsLine(200)
  providerId?: string;

  @ApiPropertyOptional({
    ...anyObject,
    description:
      'With `confirmed`: what the call would have answered, where the step goes on with it. Sealed.',
  })
  @IsOptional()
  @IsObject()
  result?: Record<string, unknown>;
}
