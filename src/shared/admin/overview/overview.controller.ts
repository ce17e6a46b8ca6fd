import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Can } from '../../access/permissions.js';
import { OverviewRead } from './overview-read.js';
import { OverviewDto } from './overview.dto.js';

@ApiTags('overview')
@Controller('admin/v1/overview')
export class OverviewController {
  constructor(private readonly read: OverviewRead) {}

  @Get()
  @Can('read', 'Run')
  @ApiOperation({ summary: 'How it is going: what came, what is open, what waits for a person' })
  @ApiOkResponse({ type: OverviewDto })
  get(): Promise<OverviewDto> {
    return this.read.now();
  }
}
