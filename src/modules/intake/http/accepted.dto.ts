import { ApiProperty } from '@nestjs/swagger';

/** What a sender is told once its event is durable. */
export class AcceptedDto {
  /** The inbound delivery; that of the first one when this is a duplicate. */
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty()
  duplicate: boolean;
}
