import { Controller, Get, HttpStatus, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../access/permissions.js';
import { Readiness, type ReadinessReport } from './readiness.js';

/**
 * What an orchestrator asks. Terminus is not used: its checks have no time bound, are not shared between probes, and
 * its answers carry errors' texts; what is left of it is less than these methods.
 */
@ApiExcludeController()
@Controller('health')
export class HealthController {
  constructor(private readonly readiness: Readiness) {}

  /** 200 as long as the event loop turns: nothing that a restart wouldn't mend makes it fail. */
  @Get('live')
  @Public('probes have no key')
  live(): { status: 'live' } {
    return { status: 'live' };
  }

  /** 200 when traffic may come, otherwise 503 with what is missing. */
  @Get('ready')
  @Public('probes have no key')
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<ReadinessReport> {
    const report = await this.readiness.report();
    if (report.status !== 'ready') reply.status(HttpStatus.SERVICE_UNAVAILABLE);
    return report;
  }

  /** 503 until all parts of the process run. */
  @Get('startup')
  @Public('probes have no key')
  startup(@Res({ passthrough: true }) reply: FastifyReply): { status: 'started' | 'starting' } {
    if (this.readiness.hasStarted) return { status: 'started' };
    reply.status(HttpStatus.SERVICE_UNAVAILABLE);
    return { status: 'starting' };
  }
}
