import type { SubmissionsPage, SubmissionsSources } from '../../../shared/connectors/form-submissions.js';
import type { Poll, PolledPage } from '../../../shared/connectors/polls.js';
import { CodedError } from '../../../shared/kernel/coded-error.js';
import { objectOf, textOf } from '../domain/json.js';
import { bodyOf } from '../domain/hubspot-submission.js';
import { FormUnreadable } from '../intake.errors.js';
import type { Forms } from '../persistence/forms.js';

/** HubSpot may list a submission late, and its clock is not ours: so far back is looked again. */
const overlapMs = 300_000;

/** How far each form has come, and which one is being read. */
interface Position {
  /** By form, in epoch milliseconds: what was submitted before is not told. */
  readonly since: Readonly<Record<string, number>>;
  /** None between rounds. */
  readonly walk?: Walk;
}

/** A form is read from the newest submission back to where the last round began. */
interface Walk {
  readonly form: string;
  /** When it began, in epoch milliseconds: what is submitted later may be missing. */
  readonly begun: number;
  readonly after?: string;
}

interface HubspotForm {
  readonly name: string;
  readonly guid: string;
}

/** Asks HubSpot for submissions of every enabled form of kind `hubspot`, one form after the other. */
export class HubspotFormsPoll implements Poll {
  readonly name = 'hubspot-forms';
  readonly channel = 'hubspot-forms';
  readonly title = 'Submissions of forms at HubSpot';
  readonly defaultSeconds = 120;
  /** Of the forms of this round: told once all of them were tried. */
  private problem: CodedError | undefined;

  constructor(
    private readonly forms: Pick<Forms, 'list'>,
    private readonly sources: SubmissionsSources,
  ) {}

  async page(cursor: string | undefined, now: Date, signal: AbortSignal): Promise<PolledPage> {
    const forms = await this.hubspotForms();
    const { since, walk = this.begin(forms, now) } = positionOf(cursor, forms, now);
    const form = forms.find(({ name }) => name === walk?.form);
    if (cursor === undefined || !walk || !form) {
      return { bodies: [], cursor: JSON.stringify({ since }), more: false };
    }
    const page = await this.newest(form, walk, signal);
    const { submissions = [], next } = page ?? {};
    const news = submissions.filter(({ at }) => at >= (since[form.name] ?? 0));
    const bodies = news.toReversed().map((submission) => bodyOf(form.name, submission));
    if (next !== undefined && news.length === submissions.length) {
      const on: Position = { since, walk: { ...walk, after: next } };
      return { bodies, cursor: JSON.stringify(on), more: true };
    }
    const before = since[form.name] ?? 0;
    const read = page ? Math.max(before, walk.begun - overlapMs) : before;
    const [following] = forms.slice(forms.indexOf(form) + 1);
    const done: Position = {
      since: { ...since, [form.name]: read },
      ...(following && { walk: { form: following.name, begun: now.getTime() } }),
    };
    // A problem is told by the page after the last one, so that it holds up none of the forms.
    const more = following !== undefined || this.problem !== undefined;
    return { bodies, cursor: JSON.stringify(done), more };
  }

  /** @throws CodedError what went wrong with a form of the round that ended */
  private begin(forms: readonly HubspotForm[], now: Date): Walk | undefined {
    const { problem } = this;
    this.problem = undefined;
    if (problem) throw problem;
    const [first] = forms;
    return first && { form: first.name, begun: now.getTime() };
  }

  /** That HubSpot does not answer ends the round. @returns undefined for a form that it refuses */
  private async newest(
    { name, guid }: HubspotForm,
    { after }: Walk,
    signal: AbortSignal,
  ): Promise<SubmissionsPage | undefined> {
    const source = this.sources.get('hubspot');
    if (!source) throw FormUnreadable({ message: 'No connector reads forms at HubSpot.' });
    try {
      return await source.page(guid, after, signal);
    } catch (error) {
      if (!(error instanceof CodedError) || error.kind !== 'permanent') throw error;
      this.problem ??= FormUnreadable({
        message: `The form ${name} cannot be read at HubSpot: ${error.message}`,
        details: { form: name, code: error.code },
        cause: error,
      });
      return undefined;
    }
  }

  private async hubspotForms(): Promise<readonly HubspotForm[]> {
    return (await this.forms.list()).flatMap(({ name, enabled, via, settings: { guid } }) =>
      enabled && via === 'hubspot' && guid !== undefined ? [{ name, guid }] : [],
    );
  }
}

/** Of the forms that there are now; one that is new begins now, and so does all of a cursor that is none of ours. */
function positionOf(cursor: string | undefined, forms: readonly HubspotForm[], now: Date): Position {
  const { since: before, walk } = objectOf(parsed(cursor ?? '{}'));
  const known = objectOf(before);
  const since = Object.fromEntries(
    forms.map(({ name }) => [name, wholeOf(known[name]) ?? now.getTime()] as const),
  );
  const { form, begun, after } = objectOf(walk);
  const at = wholeOf(begun);
  if (at === undefined || !forms.some(({ name }) => name === form)) return { since };
  const on = textOf(after) === '' ? {} : { after: textOf(after) };
  return { since, walk: { form: textOf(form), begun: at, ...on } };
}

function wholeOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
