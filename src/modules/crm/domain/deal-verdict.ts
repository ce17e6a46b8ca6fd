import type { Calendar } from '../../../shared/calendar/business-time.js';
import type { AskedField } from '../contracts.js';
import { dueAt } from './due-date.js';
import { passes, type Judgement } from './judge-deal.js';
import type { Due, QualificationPolicy, RequiredField } from './qualification-policy.js';

/** Whose work the tasks are. */
export interface TaskOwner {
  readonly ownerId?: string;
  /** For people. */
  readonly name?: string;
}

/** By what is asked. */
export interface AskingBy {
  readonly policy: QualificationPolicy;
  readonly calendar: Calendar;
  readonly now: Date;
}

export interface DealInQuestion {
  readonly dealId: string;
  readonly name: string;
  /** Pipeline and stage. */
  readonly place: string;
  readonly owner: TaskOwner;
}

/** A task for one field that is missing: once for deal, stage and field. */
export function taskFor(
  by: AskingBy,
  { missing, deal }: { missing: RequiredField; deal: DealInQuestion },
): AskedField {
  const { property, label, taskTitle = `Fill in: ${label}`, due } = missing;
  return {
    property,
    about: { type: 'deal', id: deal.dealId },
    title: taskTitle,
    body: `The deal "${deal.name}" lacks ${label}. The task is completed by itself once that is filled in.`,
    ...(deal.owner.ownerId !== undefined && { ownerId: deal.owner.ownerId }),
    dueAt: dueDate(by, due).toISOString(),
    key: `qualification:${deal.place}:${property}`,
  };
}

/** A deal of a bulk move, and what it lacks. */
export interface LackingDeal {
  readonly dealId: string;
  readonly name: string;
  readonly missing: readonly RequiredField[];
}

const mostListed = 100;

/** One task for all deals of an owner that were moved at once: once for that move. */
export function taskForMany(
  by: AskingBy,
  { lacking, owner, burst }: { lacking: readonly LackingDeal[]; owner: TaskOwner; burst: string },
): AskedField {
  const lines = lacking
    .slice(0, mostListed)
    .map(({ dealId, name, missing }) => `- ${name} (${dealId}): ${labelsOf(missing)}`);
  const rest = lacking.length > mostListed ? [`- and ${lacking.length - mostListed} more`] : [];
  const dues = lacking.flatMap(({ missing }) => missing.map(({ due }) => dueDate(by, due).getTime()));
  return {
    property: '*',
    title: `Complete ${lacking.length} deals that were moved together`,
    body: ['These deals lack what their stage asks for:', '', ...lines, ...rest].join('\n'),
    ...(owner.ownerId !== undefined && { ownerId: owner.ownerId }),
    dueAt: new Date(Math.min(...dues)).toISOString(),
    key: `qualification:bulk:${burst}`,
  };
}

/** What the note says. */
export function noteOf(policy: QualificationPolicy, judgement: Judgement, owner: TaskOwner): string {
  const { stage, missing, broken } = judgement;
  const problems = [
    ...missing.map(({ label }) => `${label} is missing`),
    ...broken.map(({ message }) => message),
  ];
  const tasks =
    missing.length === 0 ? '' : `The tasks are for ${owner.name ?? 'nobody: the deal has no owner'}.`;
  const texts = { stage: stage.label, problems: problems.map((one) => `- ${one}`).join('\n'), tasks };
  const template = passes(judgement) ? policy.notes.pass : policy.notes.fail;
  return template.replace(/\{(stage|problems|tasks)\}/g, (_, name: keyof typeof texts) => texts[name]).trim();
}

function dueDate({ policy, calendar, now }: AskingBy, due: Due): Date {
  return dueAt(now, due, { calendar, dueHour: policy.dueHour });
}

function labelsOf(fields: readonly RequiredField[]): string {
  return fields.map(({ label }) => label).join(', ');
}
