import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Can } from '../../../shared/access/permissions.js';
import { actorOf, CurrentPrincipal, type Principal } from '../../../shared/access/principal.js';
import { IdParam, ReasonDto } from '../../../shared/admin/request.dto.js';
import { decodeCursor, pageOf, uuidOnly } from '../../../shared/http/cursor.js';
import { addressOf } from '../domain/mail-address.js';
import { AddressInvalid } from '../mail.errors.js';
import { Suppressions } from '../persistence/suppressions.js';
import { AddSuppressionDto, SuppressionDto, SuppressionPage, SuppressionQuery } from './suppressions.dto.js';

/** Addresses to which nothing is sent any more. */
@ApiTags('mail')
@Controller('admin/v1/suppressions')
export class SuppressionsController {
  constructor(private readonly suppressions: Suppressions) {}

  @Get()
  @Can('read', 'Suppression')
  @ApiOperation({ summary: 'List the addresses to which nothing is sent any more; newest first' })
  @ApiOkResponse({ type: SuppressionPage })
  async list(@Query() query: SuppressionQuery): Promise<SuppressionPage> {
    const { limit, cursor, reason } = query;
    const address = query.address === undefined ? undefined : requireAddress(query.address);
    const after = decodeCursor(cursor, uuidOnly)?.id;
    const rows = await this.suppressions.list({ address, reason }, limit + 1, after);
    return pageOf(rows, limit, ({ id }) => ({ id }));
  }

  @Post()
  @HttpCode(200)
  @Can('configure', 'Suppression')
  @ApiOperation({ summary: 'Send nothing more to an address' })
  @ApiOkResponse({ type: SuppressionDto })
  async add(
    @Body() { address, reason }: AddSuppressionDto,
    @CurrentPrincipal() principal: Principal,
  ): Promise<SuppressionDto> {
    const note = reason;
    return this.suppressions.add({ address: requireAddress(address), note, actor: actorOf(principal) });
  }

  @Post(':id/remove')
  @HttpCode(204)
  @Can('configure', 'Suppression')
  @ApiOperation({ summary: 'Send to an address again; a provider may hold it back nevertheless' })
  @ApiNoContentResponse()
  async remove(
    @Param() { id }: IdParam,
    @Body() { reason }: ReasonDto,
    @CurrentPrincipal() principal: Principal,
  ): Promise<void> {
    await this.suppressions.remove(id, { reason, actor: actorOf(principal) });
  }
}

function requireAddress(text: string): string {
  const address = addressOf(text);
  if (address === undefined) throw AddressInvalid();
  return address;
}
