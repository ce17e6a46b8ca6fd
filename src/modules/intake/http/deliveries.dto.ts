import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { OneOf, TimeRangeQuery } from '../../../shared/admin/request.dto.js';
import {
  anyObject,
  described,
  IsLine,
  NameFilter,
  orNull,
  text,
  time,
  uuid,
  whole,
} from '../../../shared/admin/schemas.js';
import { pageDto } from '../../../shared/http/page.dto.js';

export const deliveryStatuses = ['accepted', 'rejected'] as const;

/** Which inbound deliveries. */
export class DeliveryQuery extends TimeRangeQuery {
  @NameFilter('By this channel.', 'forms')
  channel?: string;

  @NameFilter('From this source of the channel, e.g. the form.', 'contact')
  source?: string;

  @OneOf(deliveryStatuses, 'In this state.')
  status?: string;

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

/** A genuine request that reached the gateway, without its body. */
export class DeliveryDto {
  @ApiProperty(uuid)
  id: string;

  @ApiProperty({ type: String, example: 'forms' })
  channel: string;

  @ApiProperty({ type: String, example: 'contact' })
  source: string;

  @ApiProperty(described(text, 'The same over the sender’s retries.'))
  deliveryKey: string;

  @ApiProperty({ enum: deliveryStatuses, description: '`rejected`: genuine, and its content does not fit.' })
  status: string;

  @ApiProperty({ type: String, description: 'As received.', example: 'application/json' })
  contentType: string;

  @ApiProperty(described(whole, 'Bytes.'))
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

export class DeliveryDetailDto extends DeliveryDto {
  @ApiProperty(orNull(uuid, 'The event that it became.'))
  messageId: string | null;

  @ApiProperty(orNull(anyObject, 'Why it was rejected: a code, and which fields; no values.'))
  problem: Record<string, unknown> | null;

  @ApiProperty({ type: Boolean, description: 'Whether the raw body is still kept.' })
  hasRawBody: boolean;

  @ApiProperty({ type: [StartedRunDto] })
  runs: StartedRunDto[];
}
