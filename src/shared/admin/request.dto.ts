import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsIn, IsOptional, Matches } from 'class-validator';
import { PageQuery } from '../http/page.dto.js';
import { firstIdAt } from '../kernel/ids.js';
import { IsId, IsLine, TimeFilter } from './schemas.js';

/** The id in an address. */
export class IdParam {
  @ApiProperty({ type: String, format: 'uuid' })
  @IsId()
  id: string;
}

/** The name in an address. */
export class NameParam {
  @ApiProperty({ type: String, pattern: '^[a-z0-9][a-z0-9-]{0,62}$' })
  @Matches(/^[a-z0-9][a-z0-9-]{0,62}$/, { message: 'name must be lower-case letters, digits and dashes' })
  name: string;
}

/** Why: it is kept in the audit log, so no personal data. */
export class ReasonDto {
  @ApiProperty({ type: String, minLength: 1, maxLength: 500, description: 'Kept in the audit log.' })
  @IsLine(500)
  reason: string;
}

/** A listing of things that were recorded at a time. */
export class TimeRangeQuery extends PageQuery {
  @TimeFilter('Recorded at this time or later.')
  since?: string;

  @TimeFilter('Recorded before this time.')
  until?: string;
}

/** The bounds of a time range over ids that carry the time (UUIDv7); null where there is none. */
export function idRange({ since, until }: { since?: string; until?: string }): {
  from: string | null;
  to: string | null;
} {
  return { from: idAt(since), to: idAt(until) };
}

/** A filter that takes several values: repeated, or separated by commas. */
export function SeveralOf(
  values: readonly string[],
  description: string,
  byDefault?: readonly string[],
): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({
      enum: values,
      isArray: true,
      description,
      ...(byDefault && { default: byDefault }),
    }),
    IsOptional(),
    Transform(({ value }: { value: unknown }) =>
      [value].flat().flatMap((one) => (typeof one === 'string' ? one.split(',') : [one])),
    ),
    IsIn(values, { each: true, message: `each value must be one of ${values.join(', ')}` }),
  );
}

/** A filter that takes one of some values. */
export function OneOf(values: readonly string[], description: string): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ enum: values, description }),
    IsOptional(),
    IsIn(values, { message: `must be one of ${values.join(', ')}` }),
  );
}

function idAt(time: string | undefined): string | null {
  return time === undefined ? null : firstIdAt(new Date(Math.max(0, Date.parse(time))));
}
