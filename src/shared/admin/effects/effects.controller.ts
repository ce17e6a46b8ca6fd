import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Can } from '../../access/permissions.js';
import { actorOf, CurrentPrincipal, type Principal } from '../../access/principal.js';
import { type EffectDecision, EffectDecisions } from '../../effects/effect-decisions.js';
import { decodeCursor, pageOf, uuidOnly } from '../../http/cursor.js';
import { EffectNotFound } from '../admin.errors.js';
import { IdParam } from '../request.dto.js';
import { EffectsRead } from './effects-read.js';
import { EffectDetailDto, EffectPage, EffectQuery, ResolveEffectDto } from './effects.dto.js';

@ApiTags('effects')
@Controller('admin/v1/effects')
export class EffectsController {
  constructor(
    private readonly read: EffectsRead,
    private readonly decisions: EffectDecisions,
  ) {}

  @Get()
  @Can('read', 'Effect')
  @ApiOperation({ summary: 'List what was done, or would be done, outside; newest first' })
  @ApiOkResponse({ type: EffectPage })
  async list(@Query() query: EffectQuery): Promise<EffectPage> {
    const { limit, cursor } = query;
    const rows = await this.read.list(query, limit + 1, decodeCursor(cursor, uuidOnly)?.id);
    return pageOf(rows, limit, ({ id }) => ({ id }));
  }

  @Get(':id')
  @Can('read', 'Effect')
  @ApiOperation({ summary: 'An effect' })
  @ApiOkResponse({ type: EffectDetailDto })
  async get(@Param() { id }: IdParam): Promise<EffectDetailDto> {
    const effect = await this.read.find(id);
    if (!effect) throw EffectNotFound({ details: { id } });
    return effect;
  }

  @Post(':id/resolve')
  @HttpCode(200)
  @Can('resolve', 'Effect')
  @ApiOperation({
    summary: 'Say what became of an uncertain effect; its step goes on, is sent again, or fails',
  })
  @ApiOkResponse({ type: EffectDetailDto })
  async resolve(
    @Param() { id }: IdParam,
    @Body() body: ResolveEffectDto,
    @CurrentPrincipal() principal: Principal,
  ): Promise<EffectDetailDto> {
    await this.get({ id });
    await this.decisions.decide(id, decisionOf(body), body.reason, actorOf(principal));
    return this.get({ id });
  }
}

function decisionOf({ decision, providerId, result }: ResolveEffectDto): EffectDecision {
  return decision === 'confirmed' ? { decision, providerId, result } : { decision };
}
