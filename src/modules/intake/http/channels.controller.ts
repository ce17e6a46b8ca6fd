import { Body, Controller, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Can } from '../../../shared/access/permissions.js';
import { actorOf, CurrentPrincipal, type Principal } from '../../../shared/access/principal.js';
import { NameParam } from '../../../shared/admin/request.dto.js';
import { Channels } from '../channels/channels.js';
import { ChannelUnknown, PollUnknown } from '../intake.errors.js';
import { SetPoll } from '../use-cases/set-poll.js';
import { TryChannel } from '../use-cases/try-channel.js';
import { ChannelsRead } from './channels-read.js';
import { ChannelDto, ChannelPage, PollParam, PutPollDto, TriedDto, TryChannelDto } from './channels.dto.js';

/** The ways in. */
@ApiTags('channels')
@Controller('admin/v1/channels')
export class ChannelsController {
  constructor(
    private readonly channels: Channels,
    private readonly read: ChannelsRead,
    private readonly tries: TryChannel,
    private readonly setPoll: SetPoll,
  ) {}

  @Get()
  @Can('read', 'Channel')
  @ApiOperation({ summary: 'List all channels: open or closed, what was accepted and refused last' })
  @ApiOkResponse({ type: ChannelPage })
  async list(): Promise<ChannelPage> {
    return { items: await this.read.list(), nextCursor: null };
  }

  @Get(':name')
  @Can('read', 'Channel')
  @ApiOperation({ summary: 'A channel' })
  @ApiOkResponse({ type: ChannelDto })
  async get(@Param() { name }: NameParam): Promise<ChannelDto> {
    const found = (await this.read.list()).find((channel) => channel.name === name);
    if (!found) throw ChannelUnknown({ details: { channel: name } });
    return found;
  }

  @Post(':name/try')
  @HttpCode(200)
  @Can('configure', 'Channel')
  @ApiOperation({
    summary: 'Sign a sample with the current secret and read it; deliver it only when asked to',
  })
  @ApiOkResponse({ type: TriedDto })
  async try(
    @Param() { name }: NameParam,
    @Body() { source = '', deliver }: TryChannelDto,
    @CurrentPrincipal() principal: Principal,
  ): Promise<TriedDto> {
    const channel = this.channels.named(name);
    if (!channel) throw ChannelUnknown({ details: { channel: name } });
    const { updates, accepted } = await this.tries.try(channel, source, deliver, actorOf(principal));
    return { updates, deliveryId: accepted?.id };
  }

  @Put(':name/polls/:poll')
  @Can('configure', 'Channel')
  @ApiOperation({ summary: 'Ask the provider what changed, beside what it pushes, or stop to' })
  @ApiOkResponse({ type: ChannelDto })
  async putPoll(
    @Param() { name, poll }: PollParam,
    @Body() { enabled, everySeconds }: PutPollDto,
    @CurrentPrincipal() principal: Principal,
  ): Promise<ChannelDto> {
    const channel = await this.get({ name });
    if (!channel.polls.some((one) => one.name === poll)) throw PollUnknown({ details: { poll } });
    await this.setPoll.set(poll, { enabled, everySeconds, actor: actorOf(principal) });
    return this.get({ name });
  }
}
