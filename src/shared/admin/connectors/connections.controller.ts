import { Body, Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Can } from '../../access/permissions.js';
import { actorOf, CurrentPrincipal, type Principal } from '../../access/principal.js';
import { appendAudit } from '../../audit/append-audit.js';
import { type Connection, Connections } from '../../connectors/connections.js';
import { Database } from '../../database/database.js';
import { Clock } from '../../kernel/clock.js';
import { ConnectorUnknown, PartsNotConfirmed } from '../admin.errors.js';
import { NameParam } from '../request.dto.js';
import { PUBLIC_URL } from '../public-url.js';
import {
  CheckedDto,
  ConnectionDto,
  ConnectionPage,
  CreatedPartsDto,
  CreatePartsDto,
} from './connections.dto.js';

const patienceMs = 30_000;

/** Connecting a provider: checked by calls that change nothing, prepared only when a person has said so. */
@ApiTags('connectors')
@Controller('admin/v1/connections')
export class ConnectionsController {
  constructor(
    private readonly connections: Connections,
    private readonly database: Database,
    private readonly clock: Clock,
    @Inject(PUBLIC_URL) private readonly publicUrl: string,
  ) {}

  @Get()
  @Can('read', 'Connector')
  @ApiOperation({ summary: 'List the providers that can be connected, and how' })
  @ApiOkResponse({ type: ConnectionPage })
  list(): ConnectionPage {
    return { items: this.connections.all.map((one) => this.shown(one)), nextCursor: null };
  }

  @Get(':name')
  @Can('read', 'Connector')
  @ApiOperation({ summary: 'How a provider is connected' })
  @ApiOkResponse({ type: ConnectionDto })
  get(@Param() { name }: NameParam): ConnectionDto {
    return this.shown(this.require(name));
  }

  @Post(':name/check')
  @HttpCode(200)
  @Can('configure', 'Connector')
  @ApiOperation({ summary: 'Check credentials, scopes and what is missing; nothing is changed' })
  @ApiOkResponse({ type: CheckedDto })
  async check(@Param() { name }: NameParam): Promise<CheckedDto> {
    const connection = this.require(name);
    const signal = AbortSignal.timeout(patienceMs);
    const checks = await connection.check(signal);
    const ok = checks.every((one) => one.ok);
    return { ok, checks, missing: ok ? await connection.missing(signal) : [] };
  }

  @Post(':name/create')
  @HttpCode(200)
  @Can('configure', 'Connector')
  @ApiOperation({ summary: 'Create what is missing in the provider’s account, once confirmed' })
  @ApiOkResponse({ type: CreatedPartsDto })
  async create(
    @Param() { name }: NameParam,
    @Body() { confirm }: CreatePartsDto,
    @CurrentPrincipal() principal: Principal,
  ): Promise<CreatedPartsDto> {
    const connection = this.require(name);
    const signal = AbortSignal.timeout(patienceMs);
    if (!confirm) {
      const missing = await connection.missing(signal);
      throw PartsNotConfirmed({ details: { missing: missing.map((part) => part.name) } });
    }
    const created = await connection.create(signal);
    await this.audit(actorOf(principal), name, created);
    return { created };
  }

  private require(name: string): Connection {
    const connection = this.connections.get(name);
    if (!connection) throw ConnectorUnknown({ details: { connector: name } });
    return connection;
  }

  private shown(connection: Connection): ConnectionDto {
    const { provider, title, steps } = connection;
    const channel = connection.channel ?? null;
    const url = channel === null ? null : `${this.publicUrl}/webhooks/${channel}`;
    return { provider, title, channel, url, steps: steps.map((step) => step.replaceAll('{url}', url ?? '')) };
  }

  private async audit(actor: string, provider: string, created: readonly string[]): Promise<void> {
    const entry = { actor, action: 'connectors.parts-created', outcome: 'ok' as const };
    await this.database.transaction((tx) =>
      appendAudit(
        tx,
        [{ ...entry, subject: `connection:${provider}`, details: { created: [...created] } }],
        this.clock.now(),
      ),
    );
  }
}
