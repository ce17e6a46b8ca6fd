import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Can } from '../../../shared/access/permissions.js';
import { NameParam } from '../../../shared/admin/request.dto.js';
import { Templates } from '../mail/templates.js';
import { MailPreviewDto, PreviewMailDto } from './mail-templates.dto.js';

/** Mail templates are the policy `mail-templates`: here they are looked at. */
@ApiTags('mail')
@Controller('admin/v1/mail-templates')
export class MailTemplatesController {
  constructor(private readonly templates: Templates) {}

  @Post(':name/preview')
  @HttpCode(200)
  @Can('configure', 'Policy')
  @ApiOperation({
    summary: 'Render a template of the draft, or of the active version, with its sample; sends nothing',
  })
  @ApiOkResponse({ type: MailPreviewDto })
  async preview(@Param() { name }: NameParam, @Body() request: PreviewMailDto): Promise<MailPreviewDto> {
    const { html = null, ...mail } = await this.templates.preview(name, request);
    return { ...mail, html };
  }
}
