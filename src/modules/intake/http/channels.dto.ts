import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsInt, IsOptional, Matches, Max, Min } from 'class-validator';
import { NameParam } from '../../../shared/admin/request.dto.js';
import { described, orNull, text, time, uuid, whole } from '../../../shared/admin/schemas.js';
import { pageDto } from '../../../shared/http/page.dto.js';

/** A version of a channel's secret; its value is never shown. */
export class ChannelSecretDto {
  @ApiProperty({ type: String, example: 'stripe.webhook-secret' })
  name: string;

  @ApiProperty(whole)
  version: number;

  @ApiProperty({ enum: ['active', 'previous'], description: 'Both are valid.' })
  state: string;

  @ApiProperty(time)
  createdAt: Date;
}

/** What lately became of one source of a channel; of the other processes up to a minute late. */
export class ChannelSourceDto {
  @ApiProperty({ type: String, description: 'The form, or empty where the channel has one source.' })
  source: string;

  @ApiProperty(described(text, 'To be entered at the provider.'))
  url: string;

  @ApiProperty(orNull(time))
  lastAcceptedAt: Date | null;

  @ApiProperty(orNull(time))
  lastRefusedAt: Date | null;

  @ApiProperty(orNull(text, 'Why the last one was refused.'))
  lastRefusedCode: string | null;

  @ApiProperty(described(whole, 'Requests that were refused since the beginning.'))
  refused: number;
}

/** A poll: what the provider is asked for, beside what it pushes. */
export class ChannelPollDto {
  @ApiProperty({ type: String, example: 'hubspot-deals' })
  name: string;

  @ApiProperty(text)
  title: string;

  @ApiProperty({ type: Boolean })
  enabled: boolean;

  @ApiProperty(whole)
  everySeconds: number;

  @ApiProperty(orNull(time))
  lastAt: Date | null;

  @ApiProperty(orNull(text, 'Why the last round failed.'))
  lastError: string | null;

  @ApiProperty(time)
  nextAt: Date;
}

/** How often a provider is asked. */
export class PutPollDto {
  @ApiProperty({ type: Boolean, description: 'The first round begins now: it tells nothing of the past.' })
  @IsBoolean()
  enabled: boolean;

  @ApiPropertyOptional({ type: 'integer', minimum: 10, maximum: 86_400, default: 60 })
  @IsOptional()
  @IsInt()
  @Min(10)
  @Max(86_400)
  everySeconds: number = 60;
}

/** A poll of a channel. */
export class PollParam extends NameParam {
  @ApiProperty({ type: String, pattern: '^[a-z0-9][a-z0-9-]{0,62}$' })
  @Matches(/^[a-z0-9][a-z0-9-]{0,62}$/)
  poll: string;
}

export class ChannelDto {
  @ApiProperty({ type: String, example: 'stripe' })
  name: string;

  @ApiProperty({ type: String, example: 'Stripe' })
  title: string;

  @ApiProperty({ enum: ['open', 'closed'], description: '`closed`: it has no secret and takes nothing.' })
  state: string;

  @ApiProperty({ type: [String], description: 'Secrets that it lacks, by their names in the store.' })
  missing: string[];

  @ApiProperty({ type: [String], example: ['application/json'] })
  mediaTypes: readonly string[];

  @ApiProperty({ type: [ChannelSecretDto] })
  secrets: ChannelSecretDto[];

  @ApiProperty({ type: [ChannelSourceDto] })
  sources: ChannelSourceDto[];

  @ApiProperty({ type: [ChannelPollDto] })
  polls: ChannelPollDto[];
}

export class ChannelPage extends pageDto(ChannelDto) {}

/** How a channel is tried. */
export class TryChannelDto {
  @ApiPropertyOptional({ type: String, description: 'Which source, where it has several: the form.' })
  @IsOptional()
  @Matches(/^[a-z0-9][a-z0-9-]{0,62}$/)
  source?: string;

  @ApiPropertyOptional({
    type: Boolean,
    default: false,
    description:
      'Takes the sample in earnest: flows start and act where they act. Otherwise nothing is kept.',
  })
  @IsOptional()
  @IsBoolean()
  deliver: boolean = false;
}

export class TriedUpdateDto {
  @ApiProperty({ type: String })
  key: string;

  @ApiPropertyOptional({ type: String, example: 'intake.invoice-changed.v1' })
  eventType?: string;

  @ApiPropertyOptional({ type: String, description: 'Why nothing follows from it.' })
  ignored?: string;
}

export class TriedDto {
  @ApiProperty({ type: [TriedUpdateDto] })
  updates: readonly TriedUpdateDto[];

  @ApiPropertyOptional(described(uuid, 'The delivery, when it was taken in earnest.'))
  deliveryId?: string;
}
