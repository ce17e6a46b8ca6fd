import { CodedError } from '../../../shared/kernel/coded-error.js';
import type { PolicyDefinition } from '../../../shared/policies/policy.js';
import type { MailTemplates } from '../domain/mail-template.js';
import { overdueTemplates } from '../mail/overdue-templates.js';
import { renderMail } from '../mail/render-mail.js';

const language = '^[a-z]{2,3}(-[A-Z][A-Za-z]{1,7})?$';

const texts = {
  type: 'object',
  additionalProperties: false,
  required: ['subject', 'text'],
  properties: {
    subject: { type: 'string', minLength: 1, maxLength: 1_000 },
    text: { type: 'string', minLength: 1, maxLength: 50_000 },
    html: { type: 'string', minLength: 1, maxLength: 100_000 },
  },
};

const template = {
  type: 'object',
  additionalProperties: false,
  required: ['title', 'sample', 'languages'],
  properties: {
    title: { type: 'string', minLength: 1, maxLength: 200 },
    sample: { type: 'object', maxProperties: 100 },
    languages: {
      type: 'object',
      minProperties: 1,
      maxProperties: 20,
      propertyNames: { pattern: language },
      additionalProperties: texts,
    },
  },
};

const schema = {
  type: 'object',
  additionalProperties: false,
  required: ['defaultLanguage', 'templates'],
  properties: {
    defaultLanguage: { type: 'string', pattern: language },
    templates: {
      type: 'object',
      maxProperties: 50,
      propertyNames: { pattern: '^[a-z0-9][a-z0-9-]{0,62}$' },
      additionalProperties: template,
    },
  },
};

/** How mails are written. A version that cannot render its own samples is refused. */
export const mailTemplatesPolicy: PolicyDefinition<MailTemplates> = {
  name: 'mail-templates',
  title: 'Mail templates',
  schema,
  check: problemsOf,
  initial: { defaultLanguage: 'en', templates: overdueTemplates },
};

function problemsOf({ defaultLanguage, templates }: MailTemplates): string[] {
  return Object.entries(templates).flatMap(([name, { sample, languages }]) => {
    const missing =
      defaultLanguage in languages ? [] : [`${name} has no text in ${defaultLanguage}, the default language`];
    const unrendered = Object.entries(languages).flatMap(([language, source]) => {
      try {
        renderMail(source, sample, { template: name, language });
        return [];
      } catch (error) {
        return [error instanceof CodedError ? error.message : `${name} (${language}) cannot be rendered`];
      }
    });
    return [...missing, ...unrendered];
  });
}
