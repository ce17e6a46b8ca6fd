import { ApiProperty } from '@nestjs/swagger';
import { pageDto } from '../../http/page.dto.js';
import { PauseDto } from '../flows/flows.dto.js';
import { described, milliseconds, orNull, time, whole } from '../schemas.js';

/** Effects whose end is not known yet. */
export class OpenEffectsDto {
  @ApiProperty(whole)
  planned: number;

  @ApiProperty(whole)
  sending: number;

  @ApiProperty(described(whole, 'A person decides.'))
  uncertain: number;
}

/** What waits in a lane: each connector has one of its own, work inside shares `local`. */
export class ConnectorDto {
  @ApiProperty({ type: String, example: 'hubspot' })
  name: string;

  @ApiProperty({ type: Boolean, description: 'False for the lane of work that calls nothing outside.' })
  isConnector: boolean;

  @ApiProperty(described(whole, 'Wait to be begun, retries that are not due yet included.'))
  pending: number;

  @ApiProperty(whole)
  leased: number;

  @ApiProperty(described(whole, 'Their worker died; they are run alone.'))
  suspect: number;

  @ApiProperty(described(whole, 'No process can run them.'))
  parked: number;

  @ApiProperty(orNull(time))
  oldestDueAt: Date | null;

  @ApiProperty(orNull(milliseconds, 'Milliseconds since the oldest became due.'))
  oldestDueAgeMs: number | null;

  @ApiProperty({ type: OpenEffectsDto })
  openEffects: OpenEffectsDto;

  @ApiProperty({ type: PauseDto, nullable: true })
  paused: PauseDto | null;

  @ApiProperty(
    described(
      milliseconds,
      'How long this process keeps off: its breaker is open, or the provider asked to wait.',
    ),
  )
  closedForMs: number;
}

export class ConnectorPage extends pageDto(ConnectorDto) {}
