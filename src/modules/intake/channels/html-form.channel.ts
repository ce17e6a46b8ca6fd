import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { networkOf } from '../../../shared/access/guess-limiter.js';
import { NotAllowed, TooManyRequests } from '../intake.errors.js';
import { Forms, type OpenForm } from '../persistence/forms.js';
import {
  noSecret,
  type Channel,
  type Draft,
  type Genuine,
  type Headers,
  type InboundRequest,
  type OwnAnswer,
  type SignedDraft,
  type Update,
} from './channel.js';
import { formDataOf, type FormData } from './form-data.js';
import { submissionUpdate } from './form-submission.js';

const defaultPerMinute = 5;
/** Where the page of the example is: the form that it is tried with has to name it. */
const exampleOrigin = 'https://www.example.com';
const longestNames = 1_000;

/**
 * Forms of web pages that cannot sign, posted by the browser or a script of the page. There is no secret in a page, so
 * who sends is not proven: origins keep other pages out, a field that people do not see catches robots, and each
 * network may submit a few times a minute. Browsers are told by CORS that they may read the answer
 * (https://fetch.spec.whatwg.org/#http-cors-protocol).
 */
@Injectable()
export class HtmlFormChannel implements Channel {
  readonly name = 'html-form';
  readonly path = 'forms/:source';
  readonly title = 'Web page forms';
  readonly mediaTypes = ['application/x-www-form-urlencoded', 'multipart/form-data'];
  readonly secrets = [noSecret] as const;
  readonly answer = { taken: 202, body: 'receipt', unreadable: 'refuse', busy: 429 } as const;
  private readonly submissions = new RateLimiterMemory({ points: defaultPerMinute, duration: 60 });

  constructor(private readonly forms: Forms) {}

  async serves(form: string): Promise<boolean> {
    return (await this.forms.viaOf(form)) === 'html';
  }

  /** @throws also INTAKE.NOT_ALLOWED, INTAKE.TOO_MANY_REQUESTS */
  async verify(request: InboundRequest): Promise<Genuine> {
    const form = await this.forms.open(request.source);
    requireOrigin(form, originOf(request.headers));
    await this.requireFew(form, request);
    return {};
  }

  async read(request: InboundRequest, id: string): Promise<readonly Update[]> {
    const { source, headers, body, receivedAt } = request;
    const form = await this.forms.open(source);
    const data = await formDataOf(body, headers['content-type'] ?? '');
    const { honeypot = '' } = form.settings;
    if ((data.fields.get(honeypot) ?? '').trim() !== '') {
      // By a key of its own: a person whose browser filled the field, too, may send the page again.
      return [{ key: `${source}:honeypot:${hashOf(request, data)}`, ignored: 'The honeypot was filled.' }];
    }
    const shown = [...data.fields].filter(([name]) => name !== '_id' && name !== honeypot);
    const files = data.files.join(', ').slice(0, longestNames);
    const submitted = {
      data: Object.fromEntries(shown),
      submittedAt: receivedAt.toISOString(),
      ...(files !== '' && { beside: { files_dropped: files } }),
    };
    return [submissionUpdate(form, { ...submitted, id, key: keyOf(request, data) })];
  }

  async answerTo(request: InboundRequest): Promise<OwnAnswer> {
    const form = await this.forms.open(request.source).catch(() => undefined);
    const { thanks } = form?.settings ?? {};
    const headers = corsHeaders(form, request.headers['origin']);
    return thanks !== undefined && isNavigation(request.headers)
      ? { headers, seeOther: new URL(thanks).href }
      : { headers };
  }

  async preflight({ source, headers }: InboundRequest): Promise<Readonly<Record<string, string>>> {
    const form = await this.forms.open(source);
    requireOrigin(form, headers['origin']);
    return {
      ...corsHeaders(form, headers['origin']),
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': 'Accept, Content-Type',
      'access-control-max-age': '600',
    };
  }

  example(_form: string, unique: string): Draft {
    const fields = {
      email: `try.${unique}@example.com`,
      first_name: 'Ada',
      last_name: 'Example',
      _id: unique,
    };
    const body = new URLSearchParams(fields).toString();
    return { contentType: 'application/x-www-form-urlencoded', body: Buffer.from(body) };
  }

  /** Nothing is signed: the browser states where the page is from. */
  sign(draft: Draft): SignedDraft {
    return { ...draft, headers: { origin: exampleOrigin } };
  }

  private async requireFew({ name, settings }: OpenForm, { ip }: InboundRequest): Promise<void> {
    const { perMinute = defaultPerMinute } = settings;
    const state = await this.submissions.penalty(`${name}/${networkOf(ip)}`);
    if (state.consumedPoints <= perMinute) return;
    const message = 'This form was submitted too often from here: send it again later.';
    throw TooManyRequests({ message, retryAfterMs: Math.max(1_000, state.msBeforeNext) });
  }
}

/** @throws INTAKE.NOT_ALLOWED */
function requireOrigin(form: OpenForm, origin: string | undefined): void {
  if (isAllowed(form, origin)) return;
  throw NotAllowed({ message: 'The page that sent this is at none of the form’s origins.' });
}

function isAllowed(form: OpenForm | undefined, origin: string | undefined): boolean {
  return origin !== undefined && form?.settings.origins?.includes(origin) === true;
}

/** Where the page is from: browsers send `Origin` with every POST; what does not may still name the page. */
function originOf({ origin, referer }: Headers): string | undefined {
  if (origin !== undefined) return origin;
  return referer !== undefined && URL.canParse(referer) ? new URL(referer).origin : undefined;
}

function corsHeaders(form: OpenForm | undefined, origin = ''): Readonly<Record<string, string>> {
  if (!isAllowed(form, origin)) return { vary: 'Origin' };
  return {
    vary: 'Origin',
    'access-control-allow-origin': origin,
    'access-control-expose-headers': 'Retry-After',
  };
}

/** Whether the browser shows the answer; a script of the page gets the receipt (https://www.w3.org/TR/fetch-metadata/). */
function isNavigation({ accept = '', 'sec-fetch-mode': mode = 'navigate' }: Headers): boolean {
  return mode === 'navigate' && !/^application\/json\b/i.test(accept);
}

/** The page's own id of the submission; without one, what is the same in the same minute is the same. */
function keyOf(request: InboundRequest, data: FormData): string {
  const id = data.fields.get('_id') ?? '';
  return `${request.source}:${/^[\x21-\x7e]{8,100}$/.test(id) ? id : hashOf(request, data)}`;
}

/** Of the fields, not of the body: a browser makes a new boundary each time the same is sent. */
function hashOf({ source, ip, receivedAt }: InboundRequest, { fields, files }: FormData): string {
  const minute = receivedAt.toISOString().slice(0, 16);
  const parts = JSON.stringify([source, networkOf(ip), minute, [...fields], files]);
  return `sha256:${createHash('sha256').update(parts).digest('hex')}`;
}
