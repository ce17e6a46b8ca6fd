import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsObject, IsOptional, IsString, Matches, MaxLength, ValidateNested } from 'class-validator';
import { anyObject, described, text, whole } from '../../../shared/admin/schemas.js';

/** A template in one language (Liquid). */
export class TemplateTextDto {
  @ApiProperty({ type: String, maxLength: 1000, example: 'Invoice {{ invoices[0].number }}' })
  @IsString()
  @MaxLength(1_000)
  subject: string;

  @ApiProperty({ type: String, maxLength: 50_000 })
  @IsString()
  @MaxLength(50_000)
  text: string;

  @ApiPropertyOptional({ type: String, maxLength: 100_000 })
  @IsOptional()
  @IsString()
  @MaxLength(100_000)
  html?: string;
}

/** What is shown: all parts may be left out. */
export class PreviewMailDto {
  @ApiPropertyOptional({
    type: String,
    example: 'de',
    description: 'The default language where it is left out.',
  })
  @IsOptional()
  @Matches(/^[A-Za-z]{2,3}(-[A-Za-z]{2,8})?$/, { message: 'language must be like de or de-AT' })
  language?: string;

  @ApiPropertyOptional(described(anyObject, 'In place of the template’s sample.'))
  @IsOptional()
  @IsObject()
  data?: Record<string, unknown>;

  @ApiPropertyOptional({
    type: TemplateTextDto,
    description: 'In place of what the draft, or the active version, says.',
  })
  @IsOptional()
  @ValidateNested()
  @Type(() => TemplateTextDto)
  source?: TemplateTextDto;
}

/** A mail as its reader would get it. */
export class MailPreviewDto {
  @ApiProperty(text)
  template: string;

  @ApiProperty(described(whole, 'Of the policy: the draft’s where there is one.'))
  version: number;

  @ApiProperty({ type: String, example: 'en' })
  language: string;

  @ApiProperty(text)
  subject: string;

  @ApiProperty(text)
  text: string;

  @ApiProperty({ type: String, nullable: true })
  html: string | null;
}
