import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Can } from '../../access/permissions.js';
import { actorOf, CurrentPrincipal, type Principal } from '../../access/principal.js';
import { RunNotFound } from '../../flow/flow.errors.js';
import { RunOperations } from '../../flow/run-operations.js';
import { decodeCursor, pageOf, uuidOnly } from '../../http/cursor.js';
import { CurrentRequest, type RequestContext } from '../../observability/request-context.js';
import { RawReads } from '../raw-reads.js';
import { IdParam } from '../request.dto.js';
import { RunDetailDto } from './run-detail.dto.js';
import { RunTimeline } from './run-timeline.js';
import { RunWaiting } from './run-waiting.js';
import { RunsRead } from './runs-read.js';
import {
  CancelledRunDto,
  CancelRunDto,
  RedoDto,
  RedoneRunDto,
  RetriedRunDto,
  RunPage,
  RunQuery,
  RunStateDto,
} from './runs.dto.js';

@ApiTags('runs')
@Controller('admin/v1/runs')
export class RunsController {
  constructor(
    private readonly runs: RunsRead,
    private readonly timeline: RunTimeline,
    private readonly waiting: RunWaiting,
    private readonly operations: RunOperations,
    private readonly raw: RawReads,
  ) {}

  @Get()
  @Can('read', 'Run')
  @ApiOperation({ summary: 'List runs, newest first' })
  @ApiOkResponse({ type: RunPage })
  async list(@Query() query: RunQuery): Promise<RunPage> {
    const { limit, cursor } = query;
    const rows = await this.runs.list(query, limit + 1, decodeCursor(cursor, uuidOnly)?.id);
    return pageOf(rows, limit, ({ id }) => ({ id }));
  }

  @Get(':id')
  @Can('read', 'Run')
  @ApiOperation({ summary: 'A run: what it waits for, and everything that happened in it' })
  @ApiOkResponse({ type: RunDetailDto })
  async get(@Param() { id }: IdParam): Promise<RunDetailDto> {
    const run = await this.runs.find(id);
    if (!run) throw RunNotFound({ details: { runId: id } });
    const [waitingFor, timeline] = await Promise.all([this.waiting.of(id, run.status), this.timeline.of(id)]);
    return { ...run, waitingFor, timeline };
  }

  @Get(':id/state')
  @Can('read-raw', 'RawBody')
  @ApiOperation({ summary: 'What the run holds, in clear; each time is an audit entry' })
  @ApiOkResponse({ type: RunStateDto })
  async state(
    @Param() { id }: IdParam,
    @CurrentPrincipal() principal: Principal,
    @CurrentRequest() { traceId }: RequestContext,
  ): Promise<RunStateDto> {
    const sealed = await this.runs.state(id);
    if (!sealed) throw RunNotFound({ details: { runId: id } });
    const read = {
      actor: actorOf(principal),
      traceId,
      action: 'flow.run-state-read',
      subject: `run:${id}`,
      runId: id,
    };
    return { state: await this.raw.openJson(sealed, read) };
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @Can('cancel', 'Run')
  @ApiOperation({
    summary:
      'End a run; what has not begun is dropped, and what was done is taken back where that is asked for',
  })
  @ApiOkResponse({ type: CancelledRunDto })
  cancel(
    @Param() { id }: IdParam,
    @Body() { reason, undo }: CancelRunDto,
    @CurrentPrincipal() principal: Principal,
  ): Promise<CancelledRunDto> {
    return this.operations.cancel(id, reason, actorOf(principal), undo);
  }

  @Post(':id/retry')
  @HttpCode(200)
  @Can('retry', 'Run')
  @ApiOperation({ summary: 'Try a held run again; confirmed effects keep their result' })
  @ApiOkResponse({ type: RetriedRunDto })
  retry(@Param() { id }: IdParam, @CurrentPrincipal() principal: Principal): Promise<RetriedRunDto> {
    return this.operations.retry(id, actorOf(principal));
  }

  @Post(':id/redo')
  @HttpCode(200)
  @Can('redo', 'Run')
  @ApiOperation({ summary: 'Run it again from a step on; its effects may happen once more' })
  @ApiOkResponse({ type: RedoneRunDto })
  redo(
    @Param() { id }: IdParam,
    @Body() { step, reason }: RedoDto,
    @CurrentPrincipal() principal: Principal,
  ): Promise<RedoneRunDto> {
    return this.operations.redo(id, step, reason, actorOf(principal));
  }
}
