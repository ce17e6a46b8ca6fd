import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { decodeCursor, pageOf, timeAndId } from '../../http/cursor.js';
import { PageQuery } from '../../http/page.dto.js';
import { CurrentRequest, type RequestContext } from '../../observability/request-context.js';
import { ApiKeys } from '../api-keys.js';
import { Can } from '../permissions.js';
import { CurrentPrincipal, type Principal } from '../principal.js';
import { CreateApiKey } from '../use-cases/create-api-key.js';
import { RevokeApiKey } from '../use-cases/revoke-api-key.js';
import { ApiKeyDto, ApiKeyPage, CreateApiKeyDto, CreatedApiKeyDto } from './api-keys.dto.js';

@ApiTags('api-keys')
@Controller('admin/v1/api-keys')
export class ApiKeysController {
  constructor(
    private readonly keys: ApiKeys,
    private readonly createApiKey: CreateApiKey,
    private readonly revokeApiKey: RevokeApiKey,
  ) {}

  @Post()
  @Can('manage', 'ApiKey')
  @ApiOperation({ summary: 'Create a key that can do no more than yours' })
  @ApiCreatedResponse({ type: CreatedApiKeyDto })
  async create(
    @Body() body: CreateApiKeyDto,
    @CurrentPrincipal() principal: Principal,
    @CurrentRequest() { traceId }: RequestContext,
  ): Promise<CreatedApiKeyDto> {
    const { name, roles, expiresAt } = body;
    const request = { name, roles, expiresAt: expiresAt === undefined ? undefined : new Date(expiresAt) };
    const { record, key } = await this.createApiKey.run(request, principal, traceId);
    return new CreatedApiKeyDto(record, key);
  }

  @Get()
  @Can('read', 'ApiKey')
  @ApiOperation({ summary: 'List keys, newest first, revoked ones too' })
  @ApiOkResponse({ type: ApiKeyPage })
  async list(@Query() { limit, cursor }: PageQuery): Promise<ApiKeyPage> {
    const after = decodeCursor(cursor, timeAndId);
    const rows = await this.keys.list(limit + 1, after && { createdAt: after.at, id: after.id });
    const page = pageOf(rows, limit, ({ createdAt, id }) => ({ at: createdAt.toISOString(), id }));
    return { items: page.items.map((row) => new ApiKeyDto(row)), nextCursor: page.nextCursor };
  }

  @Delete(':id')
  @HttpCode(204)
  @Can('manage', 'ApiKey')
  @ApiOperation({ summary: 'Revoke a key; it fails everywhere within five seconds' })
  @ApiNoContentResponse()
  async revoke(
    @Param('id') id: string,
    @CurrentPrincipal() principal: Principal,
    @CurrentRequest() { traceId }: RequestContext,
  ): Promise<void> {
    await this.revokeApiKey.run(id, principal, traceId);
  }
}
