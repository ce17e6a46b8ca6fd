import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Can } from '../../access/permissions.js';
import { actorOf, CurrentPrincipal, type Principal } from '../../access/principal.js';
import { ApprovalDecisions } from '../../flow/approval-decisions.js';
import { ApprovalNotFound } from '../../flow/flow.errors.js';
import { decodeCursor, pageOf, uuidOnly } from '../../http/cursor.js';
import { CurrentRequest, type RequestContext } from '../../observability/request-context.js';
import { RawReads } from '../raw-reads.js';
import { IdParam } from '../request.dto.js';
import { ApprovalsRead } from './approvals-read.js';
import {
  AmendDto,
  ApprovalDto,
  ApprovalPage,
  ApprovalQuery,
  DecideDto,
  ProposalDto,
} from './approvals.dto.js';

/** What flows ask people. */
@ApiTags('approvals')
@Controller('admin/v1/approvals')
export class ApprovalsController {
  constructor(
    private readonly read: ApprovalsRead,
    private readonly raw: RawReads,
    private readonly decisions: ApprovalDecisions,
  ) {}

  @Get()
  @Can('read', 'Approval')
  @ApiOperation({ summary: 'List what people are asked; newest first' })
  @ApiOkResponse({ type: ApprovalPage })
  async list(@Query() query: ApprovalQuery): Promise<ApprovalPage> {
    const { limit, cursor } = query;
    const rows = await this.read.list(query, limit + 1, decodeCursor(cursor, uuidOnly)?.id);
    return pageOf(rows, limit, ({ id }) => ({ id }));
  }

  @Get(':id')
  @Can('read', 'Approval')
  @ApiOperation({ summary: 'A question, and how it was answered' })
  @ApiOkResponse({ type: ApprovalDto })
  async get(@Param() { id }: IdParam): Promise<ApprovalDto> {
    const approval = await this.read.find(id);
    if (!approval) throw ApprovalNotFound({ details: { id } });
    return approval;
  }

  @Get(':id/proposal')
  @Can('resolve', 'Approval')
  @ApiOperation({ summary: 'What is proposed, in clear; each time is an audit entry' })
  @ApiOkResponse({ type: ProposalDto })
  async proposal(
    @Param() { id }: IdParam,
    @CurrentPrincipal() principal: Principal,
    @CurrentRequest() { traceId }: RequestContext,
  ): Promise<ProposalDto> {
    const { hash, runId } = await this.get({ id });
    const sealed = await this.read.proposal(id);
    if (!sealed) throw ApprovalNotFound({ details: { id } });
    const read = { actor: actorOf(principal), traceId, action: 'flow.proposal-read' };
    return { hash, proposal: await this.raw.openJson(sealed, { ...read, subject: `approval:${id}`, runId }) };
  }

  @Post(':id/approve')
  @HttpCode(200)
  @Can('resolve', 'Approval')
  @ApiOperation({ summary: 'Approve the proposal that was read; not one’s own' })
  @ApiOkResponse({ type: ApprovalDto })
  approve(
    @Param() { id }: IdParam,
    @Body() body: DecideDto,
    @CurrentPrincipal() principal: Principal,
  ): Promise<ApprovalDto> {
    return this.decide(id, 'approved', body, principal);
  }

  @Post(':id/deny')
  @HttpCode(200)
  @Can('resolve', 'Approval')
  @ApiOperation({ summary: 'Deny the proposal that was read' })
  @ApiOkResponse({ type: ApprovalDto })
  deny(
    @Param() { id }: IdParam,
    @Body() body: DecideDto,
    @CurrentPrincipal() principal: Principal,
  ): Promise<ApprovalDto> {
    return this.decide(id, 'denied', body, principal);
  }

  @Post(':id/amend')
  @HttpCode(200)
  @Can('resolve', 'Approval')
  @ApiOperation({ summary: 'Make another proposal of it, which somebody else has to approve' })
  @ApiOkResponse({ type: ApprovalDto })
  async amend(
    @Param() { id }: IdParam,
    @Body() { proposal, hash, reason }: AmendDto,
    @CurrentPrincipal() principal: Principal,
  ): Promise<ApprovalDto> {
    await this.decisions.amend(id, { proposal, hash, reason }, deciderOf(principal));
    return this.get({ id });
  }

  private async decide(
    id: string,
    decision: 'approved' | 'denied',
    { hash, reason }: DecideDto,
    principal: Principal,
  ): Promise<ApprovalDto> {
    await this.decisions.decide(id, { decision, hash, reason }, deciderOf(principal));
    return this.get({ id });
  }
}

function deciderOf(principal: Principal) {
  return { actor: actorOf(principal), roles: principal.roles };
}
