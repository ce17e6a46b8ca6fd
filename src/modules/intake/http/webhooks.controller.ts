import { Controller, HttpCode, Param, Post, Req } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Public } from '../../../shared/access/permissions.js';
import { bytesOf } from '../../../shared/http/bodies.js';
import { Clock } from '../../../shared/kernel/clock.js';
import { requestContextOf } from '../../../shared/observability/request-context.js';
import { FormsChannel } from '../channels/forms.channel.js';
import type { Headers } from '../channels/standard-webhooks.js';
import { ReceiveRequest } from '../use-cases/receive-request.js';
import { AcceptedDto } from './accepted.dto.js';

/** Where providers send. Every channel verifies its own signatures over the raw bytes. */
@ApiTags('webhooks')
@Controller('webhooks')
@Public('each channel verifies signatures over the raw bytes')
export class WebhooksController {
  constructor(
    private readonly forms: FormsChannel,
    private readonly receive: ReceiveRequest,
    private readonly clock: Clock,
  ) {}

  @Post('forms/:form')
  @HttpCode(202)
  @ApiOperation({ operationId: 'submitForm', summary: 'A form submission, signed by Standard Webhooks' })
  @ApiConsumes('application/json')
  @ApiBody({ schema: { type: 'object', required: ['type', 'timestamp', 'data'] } })
  @ApiResponse({ status: 202, type: AcceptedDto })
  submitForm(@Param('form') form: string, @Req() request: FastifyRequest): Promise<AcceptedDto> {
    return this.receive.receive(this.forms, {
      source: form,
      headers: request.headers as Headers,
      body: bytesOf(request),
      traceparent: requestContextOf(request.raw).traceparent,
      receivedAt: this.clock.now(),
    });
  }
}
