import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsOptional } from 'class-validator';
import { text } from '../schemas.js';
import { pageDto } from '../../http/page.dto.js';

/** How a provider is connected. */
export class ConnectionDto {
  @ApiProperty({ type: String, example: 'hubspot' })
  provider: string;

  @ApiProperty({ type: String, example: 'HubSpot' })
  title: string;

  @ApiProperty({ type: String, nullable: true, description: 'The channel to which its webhooks come.' })
  channel: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'To be entered at the provider.' })
  url: string | null;

  @ApiProperty({ type: [String], description: 'What a person does at the provider, in this order.' })
  steps: readonly string[];
}

export class ConnectionPage extends pageDto(ConnectionDto) {}

export class ConnectionCheckDto {
  @ApiProperty({ type: String, example: 'scope crm.objects.deals.read' })
  name: string;

  @ApiProperty({ type: Boolean })
  ok: boolean;

  @ApiProperty(text)
  detail: string;

  @ApiPropertyOptional({ type: String, description: 'What to do about it.' })
  remedy?: string;
}

export class MissingPartDto {
  @ApiProperty({ type: String, example: 'contact property signalbox_score' })
  name: string;

  @ApiProperty(text)
  detail: string;
}

/** What was found, by calls that change nothing. */
export class CheckedDto {
  @ApiProperty({ type: Boolean, description: 'Whether every check is.' })
  ok: boolean;

  @ApiProperty({ type: [ConnectionCheckDto] })
  checks: readonly ConnectionCheckDto[];

  @ApiProperty({ type: [MissingPartDto], description: 'What `create` would create.' })
  missing: readonly MissingPartDto[];
}

export class CreatePartsDto {
  @ApiPropertyOptional({
    type: Boolean,
    default: false,
    description: 'Without it nothing is created, and the answer (409) names what would be.',
  })
  @IsOptional()
  @IsBoolean()
  confirm: boolean = false;
}

export class CreatedPartsDto {
  @ApiProperty({ type: [String] })
  created: readonly string[];
}
