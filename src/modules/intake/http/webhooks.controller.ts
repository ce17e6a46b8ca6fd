import { Controller, Get, Logger, Options, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../../../shared/access/permissions.js';
import { bytesOf } from '../../../shared/http/bodies.js';
import { codedOf, problemOf, problemType } from '../../../shared/http/problem.js';
import { Clock } from '../../../shared/kernel/clock.js';
import { requestContextOf } from '../../../shared/observability/request-context.js';
import type { Channel, Headers, InboundRequest } from '../channels/channel.js';
import { Channels } from '../channels/channels.js';
import { ChannelUnknown } from '../intake.errors.js';
import { ReceiveRequest } from '../use-cases/receive-request.js';
import { WebhookSettings } from '../use-cases/webhook-settings.js';
import { answerOf } from './webhook-answers.js';

interface Address {
  readonly channel: string;
  readonly source?: string;
}

/**
 * Where providers send. Every channel verifies its own signatures over the raw bytes, and is answered as its provider
 * wants to be. The OpenAPI document has each by its path (see `webhook-paths.ts`).
 */
@ApiExcludeController()
@Controller('webhooks')
@Public('each channel verifies signatures over the raw bytes')
export class WebhooksController {
  private readonly logger = new Logger(WebhooksController.name);

  constructor(
    private readonly channels: Channels,
    private readonly receive: ReceiveRequest,
    private readonly clock: Clock,
    private readonly settings: WebhookSettings,
  ) {}

  @Post([':channel', ':channel/:source'])
  async take(@Param() address: Address, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    const { channel, source } = await this.at(address);
    const inbound = this.inbound(request, source);
    const own = await channel.answerTo?.(inbound);
    void reply.headers(own?.headers ?? {});
    try {
      const accepted = await this.receive.receive(channel, inbound);
      const { taken, body } = channel.answer;
      if (own?.seeOther !== undefined) void reply.status(303).header('location', own.seeOther).send('');
      else void reply.status(taken).send(body === 'receipt' ? accepted : '');
    } catch (error) {
      this.refuse(channel, error, request, reply);
    }
  }

  @Options([':channel', ':channel/:source'])
  async preflight(@Param() address: Address, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    const { channel, source } = await this.at(address);
    if (!channel.preflight) throw ChannelUnknown({ message: 'This channel is not for browsers.' });
    const headers = await channel.preflight(this.inbound(request, source));
    void reply.status(204).headers(headers).send();
  }

  @Get([':channel', ':channel/:source'])
  async greet(@Param() address: Address, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    const { channel, source } = await this.at(address);
    if (!channel.greet) throw ChannelUnknown({ message: 'This channel takes POST only.' });
    try {
      const text = await this.receive.greet(channel, this.inbound(request, source));
      void reply.status(200).type('text/plain; charset=utf-8').send(text);
    } catch (error) {
      this.refuse(channel, error, request, reply);
    }
  }

  private async at({ channel, source }: Address): Promise<{ channel: Channel; source: string }> {
    const found = await this.channels.at(channel, source);
    if (!found) throw ChannelUnknown();
    return found;
  }

  private inbound(request: FastifyRequest, source: string): InboundRequest {
    return {
      method: request.method as InboundRequest['method'],
      source,
      url: `${this.settings.publicUrl}${request.url}`,
      headers: request.headers as Headers,
      body: bytesOf(request),
      ip: request.ip,
      traceparent: requestContextOf(request.raw).traceparent,
      receivedAt: this.clock.now(),
    };
  }

  private refuse(channel: Channel, error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const { correlationId } = requestContextOf(request.raw);
    const { problem, headers, isDefect } = problemOf(error, correlationId);
    if (isDefect) this.logger.error({ err: error, channel: channel.name }, 'a webhook failed unexpectedly');
    const answer = answerOf(channel.answer, codedOf(error), problem, headers);
    void reply.status(answer.status).headers(answer.headers);
    if (channel.answer.body === 'none') void reply.send('');
    else void reply.type(problemType).send(JSON.stringify({ ...problem, status: answer.status }));
  }
}
