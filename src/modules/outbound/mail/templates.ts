import { Injectable } from '@nestjs/common';
import { PolicyDocuments } from '../../../shared/policies/policy-documents.js';
import { PolicyStore } from '../../../shared/policies/policy-store.js';
import { languageFor, type MailTemplates, type TemplateText } from '../domain/mail-template.js';
import type { MailContent } from '../domain/outgoing-mail.js';
import { MailTemplateUnknown } from '../mail.errors.js';
import { mailTemplatesPolicy } from '../policies/mail-templates.policy.js';
import { renderMail } from './render-mail.js';

/** A rendered mail, and by what it was rendered. */
export interface RenderedMail extends MailContent {
  readonly template: string;
  readonly language: string;
  /** Of the policy. */
  readonly version: number;
}

export interface PreviewRequest {
  readonly language?: string;
  /** In place of the sample. */
  readonly data?: Readonly<Record<string, unknown>>;
  /** In place of what is written in the draft. */
  readonly source?: TemplateText;
}

/** Mails by templates of the policy `mail-templates`. */
@Injectable()
export class Templates {
  constructor(
    private readonly policies: PolicyStore,
    private readonly documents: PolicyDocuments,
  ) {}

  /**
   * By the active version, in the reader's language where the template has it.
   * @throws OUTBOUND.MAIL_TEMPLATE_UNKNOWN, OUTBOUND.MAIL_TEMPLATE_FAILED
   */
  async render(
    name: string,
    data: Readonly<Record<string, unknown>>,
    language?: string,
  ): Promise<RenderedMail> {
    const { version, body } = await this.policies.active(mailTemplatesPolicy);
    return rendered(body, name, version, { language, data });
  }

  /**
   * By the draft where there is one, with its sample unless other data is given.
   * @throws OUTBOUND.MAIL_TEMPLATE_UNKNOWN, OUTBOUND.MAIL_TEMPLATE_FAILED
   */
  async preview(name: string, request: PreviewRequest): Promise<RenderedMail> {
    const { draft, active } = await this.documents.get(mailTemplatesPolicy.name);
    const { version, body } = draft ?? active;
    return rendered(body as MailTemplates, name, version, request);
  }
}

function rendered(
  { templates, defaultLanguage }: MailTemplates,
  name: string,
  version: number,
  { language: asked, data, source }: PreviewRequest,
): RenderedMail {
  const template = Object.hasOwn(templates, name) ? templates[name] : undefined;
  if (!template) throw MailTemplateUnknown({ details: { template: name } });
  const language = languageFor(template, asked, defaultLanguage);
  const written = source ?? template.languages[language];
  if (!written) throw MailTemplateUnknown({ details: { template: name, language } });
  const content = renderMail(written, data ?? template.sample, { template: name, language });
  return { ...content, template: name, language, version };
}
