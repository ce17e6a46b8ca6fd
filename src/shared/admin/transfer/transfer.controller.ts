import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Can } from '../../access/permissions.js';
import { actorOf, CurrentPrincipal, type Principal } from '../../access/principal.js';
import { Transfer, type TransferDocument } from '../../transfer/transfer.js';
import { ApplyTransferDto, TransferChangesDto, TransferDocumentDto, TransferDto } from './transfer.dto.js';

/** Policies, flows' settings and forms of this installation as one document, without secrets. */
@ApiTags('config')
@Controller('admin/v1/config')
export class TransferController {
  constructor(private readonly transfer: Transfer) {}

  @Get()
  @Can('read', 'Policy')
  @ApiOperation({ summary: 'Export: active policies, settings of flows, forms; no secret' })
  @ApiOkResponse({ type: TransferDocumentDto })
  export(): Promise<TransferDocument> {
    return this.transfer.export();
  }

  @Post('diff')
  @HttpCode(200)
  @Can('configure', 'Policy')
  @ApiOperation({ summary: 'What applying a document would change' })
  @ApiOkResponse({ type: TransferChangesDto })
  async diff(@Body() { document }: TransferDto): Promise<TransferChangesDto> {
    return { changes: await this.transfer.diff(document) };
  }

  @Post('apply')
  @HttpCode(200)
  @Can('configure', 'Policy')
  @ApiOperation({
    summary: 'Make everything as a document says; `confirm` tells how many changes you know of',
  })
  @ApiOkResponse({ type: TransferChangesDto })
  async apply(
    @Body() { document, confirm, reason }: ApplyTransferDto,
    @CurrentPrincipal() principal: Principal,
  ): Promise<TransferChangesDto> {
    return { changes: await this.transfer.apply(document, confirm, { actor: actorOf(principal), reason }) };
  }
}
