import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Can } from '../../../shared/access/permissions.js';
import { decodeCursor, pageOf, uuidOnly } from '../../../shared/http/cursor.js';
import { AuditRead } from './audit-read.js';
import { AuditPage, AuditQuery } from './audit.dto.js';

@ApiTags('audit')
@Controller('admin/v1/audit')
export class AuditController {
  constructor(private readonly read: AuditRead) {}

  @Get()
  @Can('read', 'Audit')
  @ApiOperation({ summary: 'List audit entries, newest first' })
  @ApiOkResponse({ type: AuditPage })
  async list(@Query() query: AuditQuery): Promise<AuditPage> {
    const { limit, cursor } = query;
    const rows = await this.read.list(query, limit + 1, decodeCursor(cursor, uuidOnly)?.id);
    return pageOf(rows, limit, ({ id }) => ({ id }));
  }
}
