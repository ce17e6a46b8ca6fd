import { Body, Controller, Get, Header, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Can } from '../../../shared/access/permissions.js';
import { actorOf, CurrentPrincipal, type Principal } from '../../../shared/access/principal.js';
import { RawReads } from '../../../shared/admin/raw-reads.js';
import { IdParam } from '../../../shared/admin/request.dto.js';
import { decodeCursor, pageOf, uuidOnly } from '../../../shared/http/cursor.js';
import { CurrentRequest, type RequestContext } from '../../../shared/observability/request-context.js';
import { AttachmentNotFound, DeliveryNotFound, RawBodyGone } from '../intake.errors.js';
import { unpackRequest } from '../persistence/raw-request.js';
import { ReplayDelivery } from '../use-cases/replay-delivery.js';
import { DeliveriesRead } from './deliveries-read.js';
import {
  AttachmentParam,
  DeliveryDetailDto,
  DeliveryPage,
  DeliveryQuery,
  ReplayDto,
  ReplayedDto,
} from './deliveries.dto.js';

/** What reached the gateway and was genuine. */
@ApiTags('deliveries')
@Controller('admin/v1/deliveries')
export class DeliveriesController {
  constructor(
    private readonly read: DeliveriesRead,
    private readonly raw: RawReads,
    private readonly replays: ReplayDelivery,
  ) {}

  @Get()
  @Can('read', 'Delivery')
  @ApiOperation({ summary: 'List inbound deliveries, newest first' })
  @ApiOkResponse({ type: DeliveryPage })
  async list(@Query() query: DeliveryQuery): Promise<DeliveryPage> {
    const { limit, cursor } = query;
    const rows = await this.read.list(query, limit + 1, decodeCursor(cursor, uuidOnly)?.id);
    return pageOf(rows, limit, ({ id }) => ({ id }));
  }

  @Get(':id')
  @Can('read', 'Delivery')
  @ApiOperation({ summary: 'A delivery, why it was rejected, or which runs came of it' })
  @ApiOkResponse({ type: DeliveryDetailDto })
  async get(@Param() { id }: IdParam): Promise<DeliveryDetailDto> {
    const delivery = await this.read.find(id);
    if (!delivery) throw DeliveryNotFound({ details: { id } });
    return delivery;
  }

  /** Never as the type it came with: it is a stranger's, and a browser would run it. */
  @Get(':id/raw')
  @Can('read-raw', 'RawBody')
  @Header('content-type', 'application/octet-stream')
  @Header('x-content-type-options', 'nosniff')
  @ApiOperation({ summary: 'The bytes as received; each time is an audit entry' })
  @ApiProduces('application/octet-stream')
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  async body(
    @Param() { id }: IdParam,
    @CurrentPrincipal() principal: Principal,
    @CurrentRequest() { traceId }: RequestContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer> {
    const { requestId } = await this.get({ id });
    const sealed = await this.read.rawBody(requestId);
    if (!sealed) throw RawBodyGone({ details: { id } });
    const read = { actor: actorOf(principal), traceId, action: 'intake.raw-body-read' };
    const packed = await this.raw.open(sealed, { ...read, subject: `inbound:${id}` });
    reply.header('content-disposition', `attachment; filename="delivery-${id}.bin"`);
    return unpackRequest(packed).body;
  }

  /** A stranger's file: never as a type that a browser would show or run, whatever it is. */
  @Get(':id/attachments/:attachmentId')
  @Can('read-raw', 'RawBody')
  @Header('content-type', 'application/octet-stream')
  @Header('x-content-type-options', 'nosniff')
  @ApiOperation({ summary: 'A file that came with it; each time is an audit entry' })
  @ApiProduces('application/octet-stream')
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  async attachment(
    @Param() { id, attachmentId }: AttachmentParam,
    @CurrentPrincipal() principal: Principal,
    @CurrentRequest() { traceId }: RequestContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer> {
    const sealed = await this.read.attachment(id, attachmentId);
    if (!sealed) throw AttachmentNotFound({ details: { id, attachmentId } });
    const read = { actor: actorOf(principal), traceId, action: 'intake.attachment-read' };
    const content = await this.raw.open(sealed, { ...read, subject: `attachment:${attachmentId}` });
    reply.header('content-disposition', `attachment; filename="attachment-${attachmentId}.bin"`);
    return content;
  }

  @Post(':id/replay')
  @HttpCode(200)
  @Can('retry', 'Delivery')
  @ApiOperation({ summary: 'Read it again by the rules of today, and take what it tells' })
  @ApiOkResponse({ type: ReplayedDto })
  async replay(
    @Param() { id }: IdParam,
    @Body() { reason, after }: ReplayDto,
    @CurrentPrincipal() principal: Principal,
  ): Promise<ReplayedDto> {
    return this.replays.replay(id, { reason, after, actor: actorOf(principal) });
  }
}
