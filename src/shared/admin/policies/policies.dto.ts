import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsObject, IsOptional, Matches, Max, Min } from 'class-validator';
import { pageDto, PageQuery } from '../../http/page.dto.js';
import { policyStates, type PolicyState } from '../../policies/policy.js';
import { IsLine, anyObject, described, orNull, text, time, uuid, whole } from '../schemas.js';

/** A version of a policy. */
export class PolicyVersionDto {
  @ApiProperty({ type: String, example: 'dunning' })
  name: string;

  @ApiProperty(whole)
  version: number;

  @ApiProperty({ enum: policyStates })
  state: PolicyState;

  @ApiProperty(described(whole, 'Of the policy, when this version was changed last.'))
  revision: number;

  @ApiProperty(anyObject)
  body: unknown;

  @ApiProperty(text)
  createdBy: string;

  @ApiProperty(time)
  createdAt: Date;

  @ApiProperty(orNull(text))
  updatedBy: string | null;

  @ApiProperty(time)
  updatedAt: Date;

  @ApiProperty(orNull(text))
  activatedBy: string | null;

  @ApiProperty(orNull(time))
  activatedAt: Date | null;

  @ApiProperty(orNull(time))
  retiredAt: Date | null;

  @ApiProperty(orNull(text, 'Why it was activated.'))
  reason: string | null;
}

export class PolicyVersionPage extends pageDto(PolicyVersionDto) {}

/** A policy in a listing. */
export class PolicySummaryDto {
  @ApiProperty({ type: String, example: 'dunning' })
  name: string;

  @ApiProperty(described(text, 'For people.'))
  title: string;

  @ApiProperty(described(whole, 'Counts the changes of all its versions.'))
  revision: number;

  @ApiProperty(described(whole, 'By which is decided.'))
  activeVersion: number;

  @ApiProperty(orNull(time))
  activatedAt: Date | null;

  @ApiProperty(orNull(text))
  activatedBy: string | null;

  @ApiProperty(orNull(whole))
  draftVersion: number | null;

  @ApiProperty(described({ type: Boolean }, 'Whether a draft can be tried on what was decided.'))
  dryRun: boolean;
}

export class PolicySummaryPage extends pageDto(PolicySummaryDto) {}

/** A policy with its schema, the version by which is decided, and the draft where there is one. */
export class PolicyDto extends PolicySummaryDto {
  @ApiProperty(described(anyObject, 'JSON Schema (draft 2020-12) of its bodies.'))
  schema: object;

  @ApiProperty({ type: PolicyVersionDto })
  active: PolicyVersionDto;

  @ApiProperty({ type: PolicyVersionDto, nullable: true })
  draft: PolicyVersionDto | null;
}

export class PolicyVersionParam {
  @ApiProperty({ type: String })
  @Matches(/^[a-z0-9][a-z0-9-]{0,62}$/, { message: 'name must be lower-case letters, digits and dashes' })
  name: string;

  @ApiProperty(whole)
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  version: number;
}

export class PolicyVersionsQuery extends PageQuery {}

export class PolicyDiffQuery {
  @ApiProperty(whole)
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  from: number;

  @ApiProperty(whole)
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  to: number;
}

/** What changes between two versions (RFC 6902). */
export class PolicyDiffDto {
  @ApiProperty({ type: 'array', items: anyObject })
  operations: readonly object[];
}

export class SaveDraftDto {
  @ApiProperty(described(anyObject, 'The whole body of the draft.'))
  @IsObject()
  body: Record<string, unknown>;
}

export class ActivatePolicyDto {
  @ApiProperty(described(whole, 'A draft, or a retired version to go back to.'))
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  version: number;

  @ApiProperty({ type: String, minLength: 1, maxLength: 500, description: 'Kept in the audit log.' })
  @IsLine(500)
  reason: string;
}

export class DryRunDto {
  @ApiPropertyOptional(described(anyObject, 'What is tried; the draft, where it is left out.'))
  @IsOptional()
  @IsObject()
  body?: Record<string, unknown>;

  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 1000, default: 200 })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(1_000)
  last: number = 200;
}

/** A decision that would have been another one. */
export class ChangedDecisionDto {
  @ApiProperty(uuid)
  runId: string;

  @ApiProperty(anyObject)
  before: object;

  @ApiProperty(anyObject)
  after: object;
}

export class DryRunResultDto {
  @ApiProperty(described(whole, 'The last decisions that it was tried on.'))
  considered: number;

  @ApiProperty(described(whole, 'How many of them would have been others.'))
  changed: number;

  @ApiProperty({ type: [ChangedDecisionDto], description: 'At most 20.' })
  examples: readonly ChangedDecisionDto[];
}
