import { Liquid, LiquidError } from 'liquidjs';
import { problemsOfHtml } from '../domain/mail-html.js';
import type { TemplateText } from '../domain/mail-template.js';
import type { MailContent } from '../domain/outgoing-mail.js';
import { MailTemplateFailed } from '../mail.errors.js';

/** What is rendered, for errors. */
export interface RenderedPlace {
  readonly template: string;
  readonly language: string;
}

type Part = keyof TemplateText;

const longest: Record<Part, number> = { subject: 300, text: 50_000, html: 100_000 };

/** Bounds of one part: characters of the template, milliseconds, and roughly bytes that its values may take. */
const bounds = { parseLimit: 200_000, renderLimit: 200, memoryLimit: 4_000_000 } as const;

const plain = engine();
const escaping = engine({ outputEscape: 'escape' });

/** Nothing is read from a disk; a name or a filter that is not there is an error, not an empty text. */
function engine(more: { outputEscape?: 'escape' } = {}): Liquid {
  const liquid = new Liquid({
    ...{ strictVariables: true, strictFilters: true, ownPropertyOnly: true, lenientIf: true },
    ...{ templates: {}, relativeReference: false, cache: 200, ...bounds, ...more },
  });
  // In HTML everything is escaped: the filter that would except a value does nothing.
  liquid.registerFilter('raw', (value: unknown) => value);
  return liquid;
}

/**
 * Renders a mail. Values are escaped in HTML; what comes out is checked, since a value may be an address.
 * @throws OUTBOUND.MAIL_TEMPLATE_FAILED naming the part and what is wrong with it, never a value
 */
export function renderMail(source: TemplateText, data: object, place: RenderedPlace): MailContent {
  const render = (part: Part): string => renderPart(part, source[part] ?? '', data, place);
  const subject = oneLine(render('subject'));
  if (subject === '') throw failed(place, 'subject', 'it is empty');
  const text = render('text').trim();
  if (text === '') throw failed(place, 'text', 'it is empty');
  if (source.html === undefined) return { subject, text: `${text}\n` };
  const html = render('html').trim();
  const [problem] = problemsOfHtml(html);
  if (problem !== undefined) throw failed(place, 'html', problem);
  return { subject, text: `${text}\n`, html };
}

function renderPart(part: Part, source: string, data: object, place: RenderedPlace): string {
  try {
    const rendered = String((part === 'html' ? escaping : plain).parseAndRenderSync(source, data));
    if (rendered.length <= longest[part]) return rendered.toWellFormed();
  } catch (error) {
    throw failed(place, part, problemOf(error));
  }
  throw failed(place, part, `it is longer than ${longest[part]} characters`);
}

/** The first line only: what follows shows the template around it. */
function problemOf(error: unknown): string {
  const message = LiquidError.is(error) || error instanceof Error ? error.message : 'it cannot be rendered';
  return (message.split('\n')[0] ?? '').slice(0, 200);
}

function failed({ template, language }: RenderedPlace, part: Part, problem: string) {
  return MailTemplateFailed({
    message: `${template} (${language}), ${part}: ${problem}.`,
    details: { template, language, part, problem },
  });
}

function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/ +/g, ' ')
    .trim();
}
