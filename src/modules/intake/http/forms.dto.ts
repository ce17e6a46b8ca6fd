import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsUUID,
  Max,
  Min,
  ValidateBy,
  ValidateNested,
} from 'class-validator';
import { anyObject, described, IsLine, whole } from '../../../shared/admin/schemas.js';
import { pageDto } from '../../../shared/http/page.dto.js';
import { formVias, leadFields, type FormSettings, type FormVia } from '../domain/form.js';

const mapping = {
  type: 'object',
  additionalProperties: { type: 'string', minLength: 1, maxLength: 200 },
  propertyNames: { enum: [...leadFields] },
  description: 'Lead field → name of the submitted field.',
  example: { email: 'email', firstName: 'first_name' },
} as const;

function IsMapping(): PropertyDecorator {
  return ValidateBy({
    name: 'isMapping',
    validator: {
      validate: (value: unknown) =>
        typeof value === 'object' &&
        value !== null &&
        Object.values(value).every(
          (name) => typeof name === 'string' && name.length > 0 && name.length <= 200,
        ),
      defaultMessage: () => 'mapping must give a field name for each lead field',
    },
  });
}

/** What only some kinds of forms have. */
export class FormSettingsDto implements FormSettings {
  @ApiPropertyOptional({
    type: [String],
    maxItems: 20,
    description: '`html`: origins whose pages may post.',
    example: ['https://www.example.com'],
  })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(20)
  @IsLine(200, 1, { each: true })
  origins?: readonly string[];

  @ApiPropertyOptional({
    type: String,
    maxLength: 100,
    description: '`html`: a field that people do not see; who fills it is no person.',
  })
  @IsOptional()
  @IsLine(100)
  honeypot?: string;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: 10_000,
    description: '`html`: submissions a minute from one address. Default 5.',
  })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(10_000)
  perMinute?: number;

  @ApiPropertyOptional({
    type: String,
    maxLength: 500,
    description: '`html`: where a browser goes afterwards; at one of the origins.',
  })
  @IsOptional()
  @IsLine(500)
  thanks?: string;

  @ApiPropertyOptional({
    type: String,
    format: 'uuid',
    description: '`hubspot`: the form whose submissions are read.',
  })
  @IsOptional()
  @IsUUID()
  guid?: string;
}

const via = {
  enum: formVias,
  description:
    'How submissions arrive: signed, by Typeform, from a page that cannot sign, or read from HubSpot.',
} as const;

/** What a form asks for, and what its fields mean. */
export class PutFormDto {
  @ApiPropertyOptional({
    type: Boolean,
    default: true,
    description: 'A disabled form takes no submissions: 404, and 503 to Typeform, which comes again then.',
  })
  @IsOptional()
  @IsBoolean()
  enabled: boolean = true;

  @ApiPropertyOptional({ ...via, default: 'standard-webhooks' })
  @IsOptional()
  @IsIn(formVias)
  via: FormVia = 'standard-webhooks';

  @ApiProperty(described(anyObject, 'JSON Schema (draft 2020-12) of the submitted `data`, of type object.'))
  @IsObject()
  fields: object;

  @ApiProperty(mapping)
  @IsMapping()
  mapping: Record<string, string>;

  @ApiPropertyOptional({ type: FormSettingsDto })
  @IsOptional()
  @ValidateNested()
  @Type(() => FormSettingsDto)
  settings: FormSettingsDto = new FormSettingsDto();
}

export class FormDto {
  @ApiProperty({ type: String, example: 'contact' })
  name: string;

  @ApiProperty({ type: Boolean })
  enabled: boolean;

  @ApiProperty(via)
  via: string;

  @ApiProperty(described(anyObject, 'JSON Schema (draft 2020-12) of the submitted `data`.'))
  fields: object;

  @ApiProperty(mapping)
  mapping: Readonly<Record<string, string>>;

  @ApiProperty({ type: FormSettingsDto })
  settings: FormSettingsDto;

  @ApiProperty(described(whole, '`ETag` and `If-Match` carry it.'))
  revision: number;
}

export class FormPage extends pageDto(FormDto) {}
