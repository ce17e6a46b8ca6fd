import { Body, Controller, Get, Headers, Param, Put, Res } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Can } from '../../../shared/access/permissions.js';
import { actorOf, CurrentPrincipal, type Principal } from '../../../shared/access/principal.js';
import { NameParam } from '../../../shared/admin/request.dto.js';
import { PreconditionRequired } from '../../../shared/http/http.errors.js';
import { revisionOf, setEtag } from '../../../shared/http/revision.js';
import { Forms } from '../persistence/forms.js';
import { FormDto, FormPage, PutFormDto } from './forms.dto.js';

const etag = { ETag: { description: 'The revision.', schema: { type: 'string' } } } as const;

/** Preconditions of a write (RFC 9110, section 13.1). */
interface Preconditions {
  readonly 'if-match'?: string;
  readonly 'if-none-match'?: string;
}

/** The forms that may submit to `/webhooks/forms/<name>`. */
@ApiTags('forms')
@Controller('admin/v1/forms')
export class FormsController {
  constructor(private readonly forms: Forms) {}

  @Get()
  @Can('read', 'Form')
  @ApiOperation({ summary: 'List all forms, by name' })
  @ApiOkResponse({ type: FormPage })
  async list(): Promise<FormPage> {
    return { items: await this.forms.list(), nextCursor: null };
  }

  @Get(':name')
  @Can('read', 'Form')
  @ApiOperation({ summary: 'A form' })
  @ApiOkResponse({ type: FormDto, headers: etag })
  async get(@Param() { name }: NameParam, @Res({ passthrough: true }) reply: FastifyReply): Promise<FormDto> {
    const form = await this.forms.get(name);
    setEtag(reply, form.revision);
    return form;
  }

  @Put(':name')
  @Can('configure', 'Form')
  @ApiOperation({ summary: 'Create a form, or change it with the If-Match that was read' })
  @ApiHeader({
    name: 'If-Match',
    required: false,
    description: 'The `ETag` that was read.',
    schema: { type: 'string' },
  })
  @ApiHeader({
    name: 'If-None-Match',
    required: false,
    description: '`*`: only create.',
    schema: { type: 'string' },
  })
  @ApiOkResponse({ type: FormDto, headers: etag })
  async put(
    @Param() { name }: NameParam,
    @Body() { enabled, via, fields, mapping, settings }: PutFormDto,
    @Headers() headers: Preconditions,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<FormDto> {
    const revision = await this.expectedRevision(name, headers);
    const form = await this.forms.put(
      { name, enabled, via, fields, mapping, settings },
      actorOf(principal),
      revision,
    );
    setEtag(reply, form.revision);
    return form;
  }

  /** @returns undefined for a form that is to be new @throws HTTP.PRECONDITION_REQUIRED, INTAKE.FORM_UNKNOWN */
  private async expectedRevision(name: string, headers: Preconditions): Promise<number | undefined> {
    const match = headers['if-match'];
    if (match !== undefined) {
      await this.forms.get(name);
      return revisionOf(match);
    }
    if (headers['if-none-match']?.trim() === '*') return undefined;
    if ((await this.forms.list()).some((form) => form.name === name)) throw PreconditionRequired();
    return undefined;
  }
}
