/** How a mail is written in one language: Liquid (https://liquidjs.com). */
export interface TemplateText {
  readonly subject: string;
  readonly text: string;
  readonly html?: string;
}

export interface MailTemplate {
  /** For people: when it is sent. */
  readonly title: string;
  /** Data like that with which it will be filled: what previews show, and what every version must be able to render. */
  readonly sample: Readonly<Record<string, unknown>>;
  /** By language: `en`, `de`, `de-AT`. */
  readonly languages: Readonly<Record<string, TemplateText>>;
}

/** The policy `mail-templates`. */
export interface MailTemplates {
  /** For readers whose language a template does not have. Every template has it. */
  readonly defaultLanguage: string;
  readonly templates: Readonly<Record<string, MailTemplate>>;
}

/** The language in which a template is rendered: the one that is asked for, the same without its region, the default. */
export function languageFor(
  { languages }: Pick<MailTemplate, 'languages'>,
  asked: string | undefined,
  defaultLanguage: string,
): string {
  const known = Object.keys(languages);
  const wanted = (asked ?? '').toLowerCase();
  const [base = ''] = wanted.split('-');
  const exact = known.find((language) => language.toLowerCase() === wanted);
  return exact ?? known.find((language) => language.toLowerCase() === base) ?? defaultLanguage;
}
