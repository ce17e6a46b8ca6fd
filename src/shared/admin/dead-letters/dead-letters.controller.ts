import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Can } from '../../access/permissions.js';
import { actorOf, CurrentPrincipal, type Principal } from '../../access/principal.js';
import { decodeCursor, pageOf } from '../../http/cursor.js';
import { DeadLetters } from '../../messaging/dead-letters.js';
import { CurrentRequest, type RequestContext } from '../../observability/request-context.js';
import { DeadLetterNotFound } from '../admin.errors.js';
import { RawReads } from '../raw-reads.js';
import { IdParam, ReasonDto } from '../request.dto.js';
import { BulkSelection, movedDto } from './bulk-selection.js';
import { DeadLettersRead } from './dead-letters-read.js';
import {
  DeadLetterDetailDto,
  DeadLetterPage,
  DeadLetterQuery,
  DiscardDeadLettersDto,
  MovedDto,
  PayloadDto,
  RetryDeadLettersDto,
} from './dead-letters.dto.js';

const position = z.strictObject({ at: z.iso.datetime(), id: z.guid() });

@ApiTags('dead-letters')
@Controller('admin/v1/dead-letters')
export class DeadLettersController {
  constructor(
    private readonly read: DeadLettersRead,
    private readonly deadLetters: DeadLetters,
    private readonly selection: BulkSelection,
    private readonly raw: RawReads,
  ) {}

  @Get()
  @Can('read', 'DeadLetter')
  @ApiOperation({ summary: 'List dead letters, open ones unless told otherwise; who died last comes first' })
  @ApiOkResponse({ type: DeadLetterPage })
  async list(@Query() query: DeadLetterQuery): Promise<DeadLetterPage> {
    const { limit, cursor } = query;
    const rows = await this.read.list(query, limit + 1, decodeCursor(cursor, position));
    const { items, nextCursor } = pageOf(rows, limit, ({ at, id }) => ({ at, id }));
    return { items: items.map(({ at: _, ...item }) => item), nextCursor };
  }

  @Get(':id')
  @Can('read', 'DeadLetter')
  @ApiOperation({ summary: 'A dead letter with its error and its attempts' })
  @ApiOkResponse({ type: DeadLetterDetailDto })
  async get(@Param() { id }: IdParam): Promise<DeadLetterDetailDto> {
    return (await this.read.find(id)) ?? unknown(id);
  }

  @Get(':id/payload')
  @Can('read-raw', 'RawBody')
  @ApiOperation({ summary: 'What its message says, in clear; each time is an audit entry' })
  @ApiOkResponse({ type: PayloadDto })
  async payload(
    @Param() { id }: IdParam,
    @CurrentPrincipal() principal: Principal,
    @CurrentRequest() { traceId }: RequestContext,
  ): Promise<PayloadDto> {
    const sealed = (await this.read.payload(id)) ?? unknown(id);
    const subject = `delivery:${id}`;
    const read = { actor: actorOf(principal), traceId, action: 'messaging.payload-read', subject };
    return { payload: await this.raw.openJson(sealed, { ...read, runId: sealed.runId ?? undefined }) };
  }

  @Post('retry')
  @HttpCode(200)
  @Can('retry', 'DeadLetter')
  @ApiOperation({ summary: 'Try several again, by ids or by filter; a filter needs `confirm`' })
  @ApiOkResponse({ type: MovedDto })
  async retryMany(
    @Body() body: RetryDeadLettersDto,
    @CurrentPrincipal() principal: Principal,
  ): Promise<MovedDto> {
    return movedDto(await this.deadLetters.retry(await this.selection.of(body), actorOf(principal)));
  }

  @Post('discard')
  @HttpCode(200)
  @Can('discard', 'DeadLetter')
  @ApiOperation({
    summary: 'Give several up, by ids or by filter; their runs fail; a filter needs `confirm`',
  })
  @ApiOkResponse({ type: MovedDto })
  async discardMany(
    @Body() body: DiscardDeadLettersDto,
    @CurrentPrincipal() principal: Principal,
  ): Promise<MovedDto> {
    const selection = await this.selection.of(body);
    return movedDto(await this.deadLetters.discard(selection, body.reason, actorOf(principal)));
  }

  @Post(':id/retry')
  @HttpCode(200)
  @Can('retry', 'DeadLetter')
  @ApiOperation({ summary: 'Try it again; confirmed effects keep their result' })
  @ApiOkResponse({ type: MovedDto })
  async retry(@Param() { id }: IdParam, @CurrentPrincipal() principal: Principal): Promise<MovedDto> {
    if (!(await this.read.find(id))) unknown(id);
    return movedDto(await this.deadLetters.retry({ ids: [id] }, actorOf(principal)));
  }

  @Post(':id/discard')
  @HttpCode(200)
  @Can('discard', 'DeadLetter')
  @ApiOperation({ summary: 'Give it up; its run fails' })
  @ApiOkResponse({ type: MovedDto })
  async discard(
    @Param() { id }: IdParam,
    @Body() { reason }: ReasonDto,
    @CurrentPrincipal() principal: Principal,
  ): Promise<MovedDto> {
    if (!(await this.read.find(id))) unknown(id);
    return movedDto(await this.deadLetters.discard({ ids: [id] }, reason, actorOf(principal)));
  }
}

function unknown(id: string): never {
  throw DeadLetterNotFound({ details: { id } });
}
