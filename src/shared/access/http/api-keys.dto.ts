import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsISO8601,
  IsOptional,
  IsString,
  Length,
  Matches,
} from 'class-validator';
import { pageDto } from '../../http/page.dto.js';
import { type Role, roles } from '../abilities.js';
import type { ApiKeyRecord } from '../api-keys.js';

/** What a new key is to be. */
export class CreateApiKeyDto {
  @ApiProperty({ type: String, minLength: 1, maxLength: 100, example: 'nightly export' })
  @IsString()
  @Length(1, 100)
  @Matches(/^\P{C}*$/u, { message: 'name must not contain control characters' })
  name: string;

  @ApiProperty({ enum: roles, isArray: true, description: 'Of the roles of the key that asks.' })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(roles.length)
  @IsIn(roles, { each: true })
  roles: Role[];

  @ApiPropertyOptional({ type: String, format: 'date-time', description: 'Absent: it does not expire.' })
  @IsOptional()
  @IsISO8601({ strict: true, strictSeparator: true })
  @Matches(/T.+(Z|[+-]\d\d:\d\d)$/, { message: 'expiresAt must be a time with its offset from UTC' })
  expiresAt?: string;
}

/** A key without its secret. */
export class ApiKeyDto {
  @ApiProperty({ type: String, description: 'The visible part: `sbx_<id>_…`.', example: '7q2mz0c4tkwe' })
  id: string;

  @ApiProperty({ type: String })
  name: string;

  @ApiProperty({ enum: roles, isArray: true })
  roles: readonly string[];

  @ApiProperty({ type: String, example: 'key:7q2mz0c4tkwe' })
  createdBy: string;

  @ApiProperty({ type: String, format: 'date-time' })
  createdAt: Date;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  expiresAt: Date | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  revokedAt: Date | null;

  @ApiProperty({ type: String, nullable: true })
  revokedBy: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'To the minute.' })
  lastUsedAt: Date | null;

  constructor(record: ApiKeyRecord) {
    Object.assign(this, record);
  }
}

/** A new key, with its secret this once. */
export class CreatedApiKeyDto extends ApiKeyDto {
  @ApiProperty({ type: String, description: 'The whole key. It is shown this once and stored nowhere.' })
  key: string;

  constructor(record: ApiKeyRecord, key: string) {
    super(record);
    this.key = key;
  }
}

export class ApiKeyPage extends pageDto(ApiKeyDto) {}
