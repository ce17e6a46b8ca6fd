import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsObject, IsOptional, ValidateBy } from 'class-validator';
import { anyObject, described, whole } from '../../../shared/admin/schemas.js';
import { pageDto } from '../../../shared/http/page.dto.js';
import { leadFields } from '../domain/form.js';

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

/** What a form asks for, and what its fields mean. */
export class PutFormDto {
  @ApiPropertyOptional({
    type: Boolean,
    default: true,
    description: 'A disabled form answers 404 to submissions.',
  })
  @IsOptional()
  @IsBoolean()
  enabled: boolean = true;

  @ApiProperty(described(anyObject, 'JSON Schema (draft 2020-12) of the submitted `data`, of type object.'))
  @IsObject()
  fields: object;

  @ApiProperty(mapping)
  @IsMapping()
  mapping: Record<string, string>;
}

export class FormDto {
  @ApiProperty({ type: String, example: 'contact' })
  name: string;

  @ApiProperty({ type: Boolean })
  enabled: boolean;

  @ApiProperty(described(anyObject, 'JSON Schema (draft 2020-12) of the submitted `data`.'))
  fields: object;

  @ApiProperty(mapping)
  mapping: Readonly<Record<string, string>>;

  @ApiProperty(described(whole, '`ETag` and `If-Match` carry it.'))
  revision: number;
}

export class FormPage extends pageDto(FormDto) {}
