import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, Matches } from 'class-validator';
import { OneOf, TimeRangeQuery } from '../../../shared/admin/request.dto.js';
import {
  anyObject,
  described,
  IdFilter,
  NameFilter,
  text,
  time,
  uuid,
  whole,
} from '../../../shared/admin/schemas.js';
import { pageDto } from '../../../shared/http/page.dto.js';
import type { AuditRecord } from '../contracts.js';

export const auditOutcomes = ['ok', 'refused', 'failed'] as const;

/** Which entries. */
export class AuditQuery extends TimeRangeQuery {
  @NameFilter('Done by: `key:<id>`, `flow:<name>`, `channel:<name>`, `system`.', 'flow:new-lead')
  actor?: string;

  @ApiPropertyOptional({
    type: String,
    maxLength: 200,
    pattern: '^[\\w.-]{0,199}\\*?$',
    description: 'Exactly this action, or all that begin with it when it ends with `*`.',
    example: 'flow.*',
  })
  @IsOptional()
  @Matches(/^[\w.-]{0,199}\*?$/, { message: 'action must be a name, with * at its end for a prefix' })
  action?: string;

  @OneOf(auditOutcomes, 'With this outcome.')
  outcome?: string;

  @NameFilter('Done to: `run:<id>`, `effect:<id>`, `api-key:<id>`, …', 'flow:new-lead')
  subject?: string;

  @IdFilter('About this run.')
  runId?: string;
}

/** An entry as it was stored. */
export class AuditEntryDto implements AuditRecord {
  @ApiProperty(whole)
  seq: number;

  @ApiProperty(uuid)
  id: string;

  @ApiProperty(time)
  at: string;

  @ApiProperty({ type: String, example: 'key:7q2mz0c4tkwe' })
  actor: string;

  @ApiProperty({ type: String, example: 'flow.mode-changed' })
  action: string;

  @ApiProperty({ enum: auditOutcomes })
  outcome: AuditRecord['outcome'];

  @ApiPropertyOptional({ type: String, example: 'flow:new-lead' })
  subject?: string;

  @ApiPropertyOptional(uuid)
  runId?: string;

  @ApiPropertyOptional(described(text, '32 hex digits.'))
  traceId?: string;

  @ApiPropertyOptional(described(anyObject, 'No personal data in clear.'))
  details?: Record<string, unknown>;
}

export class AuditPage extends pageDto(AuditEntryDto) {}
