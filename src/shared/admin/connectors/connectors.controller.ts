import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Can } from '../../access/permissions.js';
import { actorOf, CurrentPrincipal, type Principal } from '../../access/principal.js';
import { FlowSettings } from '../../flow/flow-settings.js';
import { ConnectorUnknown } from '../admin.errors.js';
import { NameParam, ReasonDto } from '../request.dto.js';
import { ConnectorsRead } from './connectors-read.js';
import { ConnectorDto, ConnectorPage } from './connectors.dto.js';

@ApiTags('connectors')
@Controller('admin/v1/connectors')
export class ConnectorsController {
  constructor(
    private readonly read: ConnectorsRead,
    private readonly settings: FlowSettings,
  ) {}

  @Get()
  @Can('read', 'Connector')
  @ApiOperation({ summary: 'List all connectors and what waits for them, by name' })
  @ApiOkResponse({ type: ConnectorPage })
  async list(): Promise<ConnectorPage> {
    return { items: await this.read.list(), nextCursor: null };
  }

  @Post(':name/pause')
  @HttpCode(200)
  @Can('pause', 'Connector')
  @ApiOperation({ summary: 'Stop calling it; what is for it waits' })
  @ApiOkResponse({ type: ConnectorDto })
  async pause(
    @Param() { name }: NameParam,
    @Body() { reason }: ReasonDto,
    @CurrentPrincipal() principal: Principal,
  ): Promise<ConnectorDto> {
    await this.require(name);
    await this.settings.pause('connector', name, reason, actorOf(principal));
    return this.require(name);
  }

  @Post(':name/resume')
  @HttpCode(200)
  @Can('pause', 'Connector')
  @ApiOperation({ summary: 'Call it again' })
  @ApiOkResponse({ type: ConnectorDto })
  async resume(
    @Param() { name }: NameParam,
    @CurrentPrincipal() principal: Principal,
  ): Promise<ConnectorDto> {
    const connector = await this.require(name);
    await this.settings.resume('connector', name, actorOf(principal));
    return { ...connector, paused: null };
  }

  private async require(name: string): Promise<ConnectorDto> {
    const connector = await this.read.find(name);
    if (!connector) throw ConnectorUnknown({ details: { connector: name } });
    return connector;
  }
}
