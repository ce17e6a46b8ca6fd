import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, Length, Matches, MaxLength, ValidateBy } from 'class-validator';

/** Recurring parts of `@ApiProperty`. */
export const text = { type: String } as const;
export const uuid = { type: String, format: 'uuid' } as const;
export const time = { type: String, format: 'date-time' } as const;
export const whole = { type: 'integer', minimum: 0 } as const;
export const milliseconds = { type: 'integer', minimum: 0, description: 'Milliseconds.' } as const;
export const anyObject = { type: 'object', additionalProperties: true } as const;

/** The same, or null. */
export function orNull<T extends object>(schema: T, description?: string): T & { nullable: true } {
  return { ...schema, nullable: true, ...(description !== undefined && { description }) };
}

export function described<T extends object>(schema: T, description: string): T & { description: string } {
  return { ...schema, description };
}

export const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** A UUID of any version: ids of deliveries of events follow from a hash. */
export function IsId(options: { each?: boolean } = {}): PropertyDecorator {
  return Matches(uuidPattern, { ...options, message: '$property must be a UUID' });
}

/** Text without control characters or halves of surrogate pairs, which PostgreSQL does not store. */
export function IsLine(max: number, min = 1, options: { each?: boolean } = {}): PropertyDecorator {
  return applyDecorators(
    IsString(options),
    Length(min, max, options),
    Matches(/^[^\p{Cc}\p{Cs}]*$/u, { ...options, message: '$property must be one line' }),
  );
}

const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;

/** A time with its offset from UTC (RFC 3339). */
export function IsInstant(): PropertyDecorator {
  return ValidateBy({
    name: 'isInstant',
    validator: {
      validate: (value: unknown) =>
        typeof value === 'string' && instant.test(value) && !Number.isNaN(Date.parse(value)),
      defaultMessage: () => '$property must be a time with its offset from UTC: 2026-03-01T12:00:00Z',
    },
  });
}

/** A filter by a name: of a flow, step, type, code, … */
export function NameFilter(description: string, example?: string): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ type: String, maxLength: 200, description, example }),
    IsOptional(),
    IsString(),
    MaxLength(200),
    Matches(/^[\w.@:-]+$/, { message: '$property must be a name' }),
  );
}

/** A filter by a time, with its offset from UTC. */
export function TimeFilter(description: string): PropertyDecorator {
  return applyDecorators(ApiPropertyOptional({ ...time, description }), IsOptional(), IsInstant());
}

/** A filter by an id. */
export function IdFilter(description: string): PropertyDecorator {
  return applyDecorators(ApiPropertyOptional({ ...uuid, description }), IsOptional(), IsId());
}
