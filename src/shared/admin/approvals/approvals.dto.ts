import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsObject, IsOptional, Matches } from 'class-validator';
import { pageDto } from '../../http/page.dto.js';
import { ReasonDto, SeveralOf, TimeRangeQuery } from '../request.dto.js';
import { anyObject, described, IsId, NameFilter, orNull, text, time, uuid, whole } from '../schemas.js';

export const approvalStates = ['open', 'approved', 'denied', 'expired', 'superseded'] as const;

const hash = {
  type: String,
  pattern: '^[0-9a-f]{64}$',
  description: 'SHA-256 of the proposal: what is decided on.',
} as const;

/** Which approvals. */
export class ApprovalQuery extends TimeRangeQuery {
  @SeveralOf(approvalStates, 'In one of these states.')
  state?: string[];

  @NameFilter('Of this flow.', 'overdue-invoice')
  flow?: string;

  @NameFilter('That this role decides.', 'approver')
  role?: string;

  @ApiPropertyOptional({ ...uuid, description: 'Of this run.' })
  @IsOptional()
  @IsId()
  runId?: string;
}

/** A question to a person. */
export class ApprovalDto {
  @ApiProperty(uuid)
  id: string;

  @ApiProperty(uuid)
  runId: string;

  @ApiProperty({ type: String, example: 'overdue-invoice' })
  flow: string;

  @ApiProperty({ type: String, example: 'hand-over' })
  step: string;

  @ApiProperty({
    enum: approvalStates,
    description: '`superseded`: the run went on without an answer.',
  })
  state: string;

  @ApiProperty({ type: String, description: 'In one line.' })
  what: string;

  @ApiProperty({ type: String, description: 'Who may decide.', example: 'approver' })
  role: string;

  @ApiProperty(described(whole, 'Of the proposal: each amendment makes another.'))
  version: number;

  @ApiProperty(hash)
  hash: string;

  @ApiProperty({ type: String, description: 'The flow, or who amended it last: somebody else approves.' })
  requestedBy: string;

  @ApiProperty(time)
  createdAt: Date;

  @ApiProperty(time)
  expiresAt: Date;

  @ApiProperty(orNull(time))
  decidedAt: Date | null;

  @ApiProperty(orNull(text))
  decidedBy: string | null;

  @ApiProperty(orNull(text))
  reason: string | null;
}

export class ApprovalPage extends pageDto(ApprovalDto) {}

/** What is proposed, in clear. */
export class ProposalDto {
  @ApiProperty(anyObject)
  proposal: unknown;

  @ApiProperty(hash)
  hash: string;
}

/** A decision on the proposal that was read. */
export class DecideDto extends ReasonDto {
  @ApiProperty(hash)
  @Matches(/^[0-9a-f]{64}$/)
  hash: string;
}

/** Another proposal. */
export class AmendDto extends DecideDto {
  @ApiProperty(anyObject)
  @IsObject()
  proposal: object;
}
