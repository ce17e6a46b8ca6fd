import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, IsObject, IsOptional, Max, Min } from 'class-validator';
import type { TransferDocument } from '../../transfer/transfer.js';
import { anyObject, described, IsLine, text } from '../schemas.js';

const document = described(
  anyObject,
  'What `GET /admin/v1/config` answers; what it leaves out stays as it is.',
);

export class TransferDto {
  @ApiProperty(document)
  @IsObject()
  document: TransferDocument;
}

export class ApplyTransferDto extends TransferDto {
  @ApiPropertyOptional({ type: 'integer', minimum: 0, description: 'How many changes you know of.' })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(1_000_000)
  confirm?: number;

  @ApiProperty({ type: String, minLength: 1, maxLength: 500, description: 'Kept in the audit log.' })
  @IsLine(500)
  reason: string;
}

/** What applying would change, or has changed, in one thing. */
export class TransferChangeDto {
  @ApiProperty({ type: String, example: 'policies' })
  part: string;

  @ApiProperty({ type: String, example: 'dunning' })
  name: string;

  @ApiProperty({ enum: ['add', 'change'] })
  kind: 'add' | 'change';

  @ApiProperty({ type: 'array', items: anyObject, description: 'RFC 6902.' })
  operations: readonly object[];
}

export class TransferChangesDto {
  @ApiProperty({ type: [TransferChangeDto] })
  changes: readonly TransferChangeDto[];
}

export class TransferDocumentDto {
  @ApiProperty(described(text, 'Of the document.'))
  format: string;

  [part: string]: unknown;
}
