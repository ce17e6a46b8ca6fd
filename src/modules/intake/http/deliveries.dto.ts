import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, IsOptional, Max, Min } from 'class-validator';
import { IdParam, OneOf, ReasonDto, TimeRangeQuery } from '../../../shared/admin/request.dto.js';
import {
  anyObject,
  described,
  IsId,
  IsLine,
  NameFilter,
  orNull,
  text,
  time,
  uuid,
  whole,
} from '../../../shared/admin/schemas.js';
import { pageDto } from '../../../shared/http/page.dto.js';

export const deliveryStatuses = ['accepted', 'rejected', 'ignored', 'superseded'] as const;

const statusDescription =
  '`rejected`: genuine, and it cannot be read; `ignored`: understood, and nothing for us; `superseded`: something newer was told before.';

/** Which inbound deliveries. */
export class DeliveryQuery extends TimeRangeQuery {
  @NameFilter('By this channel.', 'forms')
  channel?: string;

  @NameFilter('From this source of the channel, e.g. the form.', 'contact')
  source?: string;

  @OneOf(deliveryStatuses, 'In this state.')
  status?: string;

  @NameFilter('That became an event of this type.', 'intake.form-submitted.v1')
  eventType?: string;

  @ApiPropertyOptional({
    type: String,
    maxLength: 400,
    description: 'With exactly this key.',
    example: 'contact:msg_1',
  })
  @IsOptional()
  @IsLine(400)
  deliveryKey?: string;
}

/** One thing that a genuine request told, without its content. */
export class DeliveryDto {
  @ApiProperty(uuid)
  id: string;

  @ApiProperty(described(uuid, 'The request that told it; it may have told other things, too.'))
  requestId: string;

  @ApiProperty({ type: String, example: 'forms' })
  channel: string;

  @ApiProperty({ type: String, example: 'contact' })
  source: string;

  @ApiProperty(described(text, 'The same over the sender’s retries.'))
  deliveryKey: string;

  @ApiProperty({ enum: deliveryStatuses, description: statusDescription })
  status: string;

  @ApiProperty(orNull(text, 'The event that it became, by its type.'))
  eventType: string | null;

  @ApiProperty({ type: String, description: 'As received.', example: 'application/json' })
  contentType: string;

  @ApiProperty(described(whole, 'Bytes of the request.'))
  size: number;

  @ApiProperty(time)
  receivedAt: Date;
}

export class DeliveryPage extends pageDto(DeliveryDto) {}

/** A run that a delivery started. */
export class StartedRunDto {
  @ApiProperty(uuid)
  id: string;

  @ApiProperty({ type: String, example: 'new-lead' })
  flow: string;

  @ApiProperty({ type: String, example: 'done' })
  status: string;
}

/** A file that came with a delivery. Its name is read together with its content. */
export class AttachmentDto {
  @ApiProperty(uuid)
  id: string;

  @ApiProperty({ type: String, description: 'What its bytes say.', example: 'application/pdf' })
  mediaType: string;

  @ApiProperty({ type: String, description: 'What the sender claims.' })
  declaredType: string;

  @ApiProperty(described(whole, 'Bytes.'))
  size: number;
}

export class DeliveryDetailDto extends DeliveryDto {
  @ApiProperty(orNull(uuid, 'The event that it became.'))
  messageId: string | null;

  @ApiProperty(orNull(anyObject, 'Why it is not accepted: a code, and which fields; no values.'))
  problem: Record<string, unknown> | null;

  @ApiProperty({ type: Boolean, description: 'Whether the raw body is still kept.' })
  hasRawBody: boolean;

  @ApiProperty(described(whole, 'Which of the things that the request told.'))
  place: number;

  @ApiProperty(orNull(uuid, 'The delivery that it repeats.'))
  replayOf: string | null;

  @ApiProperty(described(whole, 'How often it was replayed.'))
  replays: number;

  @ApiProperty({ type: [AttachmentDto] })
  attachments: AttachmentDto[];

  @ApiProperty({ type: [StartedRunDto] })
  runs: StartedRunDto[];
}

/** Why a delivery is read again, and which time. */
export class ReplayDto extends ReasonDto {
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 0,
    maximum: 100,
    default: 0,
    description: 'How many replays of it you know of. Two people who know the same get the same one.',
  })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(100)
  after: number = 0;
}

/** What became of a replay. */
export class ReplayedDto {
  @ApiProperty(described(uuid, 'The new delivery; the first one when it was asked for twice.'))
  id: string;

  @ApiProperty({ type: Boolean })
  duplicate: boolean;
}

/** A file of a delivery. */
export class AttachmentParam extends IdParam {
  @ApiProperty(uuid)
  @IsId()
  attachmentId: string;
}
