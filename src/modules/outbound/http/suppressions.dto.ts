import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, MaxLength } from 'class-validator';
import { OneOf, ReasonDto } from '../../../shared/admin/request.dto.js';
import { orNull, text, time, uuid } from '../../../shared/admin/schemas.js';
import { pageDto, PageQuery } from '../../../shared/http/page.dto.js';
import { suppressionReasons, type SuppressionReason } from '../persistence/suppression-rows.js';

const reasons =
  '`bounce`: a mail came back for good. `complaint`: its reader called one spam. `refused`: a server said that there is no such mailbox. `person`: somebody entered it.';

/** Which suppressed addresses. */
export class SuppressionQuery extends PageQuery {
  @OneOf(suppressionReasons, reasons)
  reason?: string;

  @ApiPropertyOptional({
    type: String,
    maxLength: 320,
    description: 'This address alone; only its keyed hash is compared.',
  })
  @IsOptional()
  @IsString()
  @MaxLength(320)
  address?: string;
}

/** An address to which nothing is sent any more. */
export class SuppressionDto {
  @ApiProperty(uuid)
  id: string;

  @ApiProperty(orNull(text, 'Null: it was erased. Mails to it are still held back.'))
  address: string | null;

  @ApiProperty({ enum: suppressionReasons, description: reasons })
  reason: SuppressionReason;

  @ApiProperty({ type: String, description: 'Who or what says so: `event:<id>`, `run:<id>`, `key:<id>`.' })
  source: string;

  @ApiProperty(orNull(text, 'What the person wrote.'))
  note: string | null;

  @ApiProperty(time)
  since: Date;
}

export class SuppressionPage extends pageDto(SuppressionDto) {}

/** An address, and why nothing is to be sent to it. */
export class AddSuppressionDto extends ReasonDto {
  @ApiProperty({ type: String, maxLength: 320 })
  @IsString()
  @MaxLength(320)
  address: string;
}
