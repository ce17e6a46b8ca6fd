import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query, Res } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Can } from '../../access/permissions.js';
import { actorOf, CurrentPrincipal, type Principal } from '../../access/principal.js';
import { decodeCursor, pageOf } from '../../http/cursor.js';
import { IfMatch, setEtag } from '../../http/revision.js';
import { NoDraft } from '../../policies/policies.errors.js';
import { PolicyDecisions } from '../../policies/policy-decisions.js';
import { type CurrentPolicy, PolicyDocuments } from '../../policies/policy-documents.js';
import { PolicyStore } from '../../policies/policy-store.js';
import { NameParam } from '../request.dto.js';
import {
  ActivatePolicyDto,
  DryRunDto,
  DryRunResultDto,
  PolicyDiffDto,
  PolicyDiffQuery,
  PolicyDto,
  PolicySummaryDto,
  PolicySummaryPage,
  PolicyVersionDto,
  PolicyVersionPage,
  PolicyVersionParam,
  PolicyVersionsQuery,
  SaveDraftDto,
} from './policies.dto.js';

const etag = { ETag: { description: 'The revision.', schema: { type: 'string' } } } as const;
const answer = { type: PolicyDto, headers: etag } as const;
const ifMatch = {
  name: 'If-Match',
  required: true,
  description: 'The `ETag` that was read.',
  schema: { type: 'string' },
} as const;
const versionOnly = z.strictObject({ version: z.int().min(1) });

/** Policies: what the product decides by, in versions. */
@ApiTags('policies')
@Controller('admin/v1/policies')
export class PoliciesController {
  constructor(
    private readonly documents: PolicyDocuments,
    private readonly decisions: PolicyDecisions,
    private readonly store: PolicyStore,
  ) {}

  @Get()
  @Can('read', 'Policy')
  @ApiOperation({ summary: 'List all policies, by name' })
  @ApiOkResponse({ type: PolicySummaryPage })
  async list(): Promise<PolicySummaryPage> {
    const all = await this.documents.list();
    return { items: all.map((policy) => this.summary(policy)), nextCursor: null };
  }

  @Get(':name')
  @Can('read', 'Policy')
  @ApiOperation({ summary: 'A policy with its schema, its active version and its draft' })
  @ApiOkResponse(answer)
  async get(
    @Param() { name }: NameParam,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PolicyDto> {
    return this.shown(await this.documents.get(name), reply);
  }

  @Get(':name/versions')
  @Can('read', 'Policy')
  @ApiOperation({ summary: 'List its versions; newest first' })
  @ApiOkResponse({ type: PolicyVersionPage })
  async versions(
    @Param() { name }: NameParam,
    @Query() { limit, cursor }: PolicyVersionsQuery,
  ): Promise<PolicyVersionPage> {
    const below = decodeCursor(cursor, versionOnly)?.version ?? null;
    return pageOf(await this.documents.versions(name, limit + 1, below), limit, ({ version }) => ({
      version,
    }));
  }

  @Get(':name/versions/:version')
  @Can('read', 'Policy')
  @ApiOperation({ summary: 'A version' })
  @ApiOkResponse({ type: PolicyVersionDto })
  version(@Param() { name, version }: PolicyVersionParam): Promise<PolicyVersionDto> {
    return this.documents.version(name, version);
  }

  @Get(':name/diff')
  @Can('read', 'Policy')
  @ApiOperation({ summary: 'What changes from one version to another' })
  @ApiOkResponse({ type: PolicyDiffDto })
  async diff(@Param() { name }: NameParam, @Query() { from, to }: PolicyDiffQuery): Promise<PolicyDiffDto> {
    return { operations: await this.documents.diff(name, from, to) };
  }

  @Put(':name/draft')
  @Can('configure', 'Policy')
  @ApiOperation({ summary: 'Change the draft, or make one; nothing is decided by it yet' })
  @ApiHeader(ifMatch)
  @ApiOkResponse(answer)
  async saveDraft(
    @Param() { name }: NameParam,
    @Body() { body }: SaveDraftDto,
    @IfMatch() revision: number,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PolicyDto> {
    const change = { actor: actorOf(principal), revision };
    return this.shown(await this.documents.saveDraft(name, body, change), reply);
  }

  @Delete(':name/draft')
  @Can('configure', 'Policy')
  @ApiOperation({ summary: 'Discard the draft' })
  @ApiHeader(ifMatch)
  @ApiOkResponse(answer)
  async discardDraft(
    @Param() { name }: NameParam,
    @IfMatch() revision: number,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PolicyDto> {
    const change = { actor: actorOf(principal), revision };
    return this.shown(await this.documents.discardDraft(name, change), reply);
  }

  @Post(':name/dry-run')
  @HttpCode(200)
  @Can('configure', 'Policy')
  @ApiOperation({ summary: 'Try a body, or the draft, on the last decisions: which would have been others' })
  @ApiOkResponse({ type: DryRunResultDto })
  async dryRun(@Param() { name }: NameParam, @Body() { body, last }: DryRunDto): Promise<DryRunResultDto> {
    const tried = body ?? (await this.documents.get(name)).draft?.body;
    if (tried === undefined) throw NoDraft({ details: { policy: name } });
    return this.decisions.dryRun(name, tried, last);
  }

  @Post(':name/activate')
  @HttpCode(200)
  @Can('configure', 'Policy')
  @ApiOperation({ summary: 'Decide by a draft, or by an earlier version again, from now on' })
  @ApiHeader(ifMatch)
  @ApiOkResponse(answer)
  async activate(
    @Param() { name }: NameParam,
    @Body() { version, reason }: ActivatePolicyDto,
    @IfMatch() revision: number,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PolicyDto> {
    const change = { actor: actorOf(principal), revision };
    return this.shown(await this.documents.activate(name, version, reason, change), reply);
  }

  private shown(policy: CurrentPolicy, reply: FastifyReply): PolicyDto {
    setEtag(reply, policy.revision);
    const { schema } = this.store.definition(policy.name);
    return { ...this.summary(policy), schema, active: policy.active, draft: policy.draft };
  }

  private summary({ name, title, revision, active, draft }: CurrentPolicy): PolicySummaryDto {
    return {
      ...{ name, title, revision },
      activeVersion: active.version,
      activatedAt: active.activatedAt,
      activatedBy: active.activatedBy,
      draftVersion: draft?.version ?? null,
      dryRun: this.store.definition(name).decide !== undefined,
    };
  }
}
