import { Body, Controller, Get, Headers, HttpCode, Param, Post, Put, Res } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Can } from '../../access/permissions.js';
import { actorOf, CurrentPrincipal, type Principal } from '../../access/principal.js';
import { FlowUnknown } from '../../flow/flow.errors.js';
import { FlowSettings } from '../../flow/flow-settings.js';
import { IfMatch, revisionOf, setEtag } from '../../http/revision.js';
import { NameParam, ReasonDto } from '../request.dto.js';
import { FlowsRead } from './flows-read.js';
import { CapsDto, FlowDto, FlowPage, RedirectDto, SetModeDto } from './flows.dto.js';

const etag = { ETag: { description: 'The revision of the settings.', schema: { type: 'string' } } } as const;
const answer = { type: FlowDto, headers: etag } as const;
const ifMatch = {
  name: 'If-Match',
  description: 'The `ETag` that was read.',
  schema: { type: 'string' },
} as const;

@ApiTags('flows')
@Controller('admin/v1/flows')
export class FlowsController {
  constructor(
    private readonly read: FlowsRead,
    private readonly settings: FlowSettings,
  ) {}

  @Get()
  @Can('read', 'Flow')
  @ApiOperation({ summary: 'List all flows, by name' })
  @ApiOkResponse({ type: FlowPage })
  async list(): Promise<FlowPage> {
    return { items: await this.read.list(), nextCursor: null };
  }

  @Get(':name')
  @Can('read', 'Flow')
  @ApiOperation({ summary: 'A flow' })
  @ApiOkResponse(answer)
  async get(@Param() { name }: NameParam, @Res({ passthrough: true }) reply: FastifyReply): Promise<FlowDto> {
    const flow = await this.read.find(name);
    if (!flow) throw FlowUnknown({ details: { flow: name } });
    setEtag(reply, flow.revision);
    return flow;
  }

  @Put(':name/mode')
  @Can('configure', 'Flow')
  @ApiOperation({ summary: 'Set the mode for events that are recorded from now on' })
  @ApiHeader({ ...ifMatch, required: false })
  @ApiOkResponse(answer)
  async setMode(
    @Param() param: NameParam,
    @Body() { mode }: SetModeDto,
    @Headers('if-match') match: string | undefined,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<FlowDto> {
    const revision = match === undefined ? undefined : revisionOf(match);
    await this.settings.setMode(param.name, mode, actorOf(principal), revision);
    return this.get(param, reply);
  }

  @Put(':name/caps')
  @Can('configure', 'Flow')
  @ApiOperation({ summary: 'Set how many effects it may have in an hour; what is left out is not capped' })
  @ApiHeader({ ...ifMatch, required: true })
  @ApiOkResponse(answer)
  async setCaps(
    @Param() param: NameParam,
    @Body() { perHour, perRecipientPerHour }: CapsDto,
    @IfMatch() revision: number,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<FlowDto> {
    await this.settings.setCaps(param.name, { perHour, perRecipientPerHour }, actorOf(principal), revision);
    return this.get(param, reply);
  }

  @Put(':name/redirect')
  @Can('configure', 'Flow')
  @ApiOperation({ summary: 'Set where everything goes in redirect mode' })
  @ApiHeader({ ...ifMatch, required: true })
  @ApiOkResponse(answer)
  async setRedirect(
    @Param() param: NameParam,
    @Body() { email, phone }: RedirectDto,
    @IfMatch() revision: number,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<FlowDto> {
    await this.settings.setRedirect(param.name, { email, phone }, actorOf(principal), revision);
    return this.get(param, reply);
  }

  @Post(':name/pause')
  @HttpCode(200)
  @Can('pause', 'Flow')
  @ApiOperation({ summary: 'Stop it: nothing of it is begun; what runs ends, what comes waits' })
  @ApiOkResponse(answer)
  async pause(
    @Param() param: NameParam,
    @Body() { reason }: ReasonDto,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<FlowDto> {
    await this.get(param, reply);
    await this.settings.pause('flow', param.name, reason, actorOf(principal));
    return this.get(param, reply);
  }

  @Post(':name/resume')
  @HttpCode(200)
  @Can('pause', 'Flow')
  @ApiOperation({ summary: 'Let it go on' })
  @ApiOkResponse(answer)
  async resume(
    @Param() param: NameParam,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<FlowDto> {
    await this.get(param, reply);
    await this.settings.resume('flow', param.name, actorOf(principal));
    return this.get(param, reply);
  }
}
