import type { EffectSummary } from '../../sandbox/core/effects.ts';
import type { Facts, RunFact } from './facts.ts';
import type { Submission } from './people.ts';
import { wrongValues } from './expected-contact.ts';
import type { HeldContact } from './sandbox-process.ts';

export type FindingKind = 'lost' | 'duplicated' | 'phantom' | 'stuck';

export interface Finding {
  readonly kind: FindingKind;
  /** What it is about: the sender's id of a submission, an e-mail address, the id of a run. */
  readonly subject: string;
  readonly what: string;
}

/** Everything that is reconciled, as each side states it. */
export interface Statements {
  /** What the sender received a 2xx for, by its id. */
  readonly accepted: ReadonlyMap<string, Submission>;
  /** What the database says. */
  readonly facts: Facts;
  /** What the provider holds, and the business effects that it counted itself. */
  readonly contacts: readonly HeldContact[];
  readonly effects: EffectSummary;
  /** Deliveries that nobody sent but we ourselves, to try a channel; whatever follows from them is not proven here. */
  readonly samples?: ReadonlySet<string>;
}

/** What another flow's reconciliation came to. */
export interface SceneProof {
  /** What was reconciled, in a line. */
  readonly line: string;
  readonly findings: readonly Finding[];
}

export interface Proof {
  readonly accepted: number;
  readonly people: number;
  readonly runsDone: number;
  readonly effectsConfirmed: number;
  readonly contacts: number;
  /** A line for each other flow. */
  readonly lines: readonly string[];
  readonly counts: Readonly<Record<FindingKind, number>>;
  readonly findings: readonly Finding[];
  /** Every accepted submission has exactly one outcome, and nothing else has any. */
  readonly isClean: boolean;
}

/**
 * Reconciles what was accepted with runs, effects and the provider's own state.
 *
 * lost: accepted, and neither is its contact at the provider with the right values by a run that is done and an effect
 * that is confirmed, nor does anything say that it is still open. duplicated: more than one event, run or business
 * effect for one submission. phantom: anything without an accepted submission. stuck: not ended, or waiting for a person.
 */
export function prove(all: Statements, scenes: readonly SceneProof[] = []): Proof {
  const { accepted, contacts } = all;
  const statements = { ...all, facts: ofForms(all.facts, all.samples ?? new Set()) };
  const { facts } = statements;
  const findings = [
    ...stuck(all.facts),
    ...[...accepted.values()].flatMap((submission) => ofSubmission(submission, statements)),
    ...ofPeople(statements),
    ...phantoms(statements),
    ...scenes.flatMap((one) => one.findings),
  ];
  const count = (kind: FindingKind): number => findings.filter((one) => one.kind === kind).length;
  return {
    accepted: accepted.size,
    people: new Set([...accepted.values()].map(({ email }) => email)).size,
    runsDone: facts.runs.filter(({ status }) => status === 'done').length,
    effectsConfirmed: facts.effects.filter(({ state }) => state === 'confirmed').length,
    contacts: contacts.length,
    lines: scenes.map(({ line }) => line),
    counts: {
      lost: count('lost'),
      duplicated: count('duplicated'),
      phantom: count('phantom'),
      stuck: count('stuck'),
    },
    findings,
    isClean: findings.length === 0,
  };
}

/** What concerns the flow of forms; what is open stays, whosever it is. */
function ofForms({ inbound, runs, effects, open }: Facts, samples: ReadonlySet<string>): Facts {
  const tried = new Set(inbound.filter(({ id }) => samples.has(id)).map(({ messageId }) => messageId));
  const isOwn = ({ flow, startedBy }: RunFact): boolean => flow === 'new-lead' && !tried.has(startedBy);
  const others = new Set(runs.filter((run) => !isOwn(run)).map(({ id }) => id));
  return {
    inbound: inbound.filter(({ id, channel }) => channel === 'forms' && !samples.has(id)),
    runs: runs.filter(isOwn),
    effects: effects.filter(({ runId }) => !others.has(runId ?? '')),
    open,
  };
}

/** Deliveries, timers, dead letters, runs that did not end; a run's own open work is counted with it. */
function stuck({ runs, open }: Facts): Finding[] {
  const unended = runs.filter(({ status }) => !['done', 'failed', 'cancelled'].includes(status));
  const named = new Set(unended.map(({ id }) => id));
  return [
    ...unended.map(({ id, status, step, reason }) => ({
      kind: 'stuck' as const,
      subject: id,
      what: `run is ${status} at ${step}${reason ? ` (${reason})` : ''}`,
    })),
    ...open
      .filter(({ runId }) => !runId || !named.has(runId))
      .map(({ kind, id, state, step }) => ({
        kind: 'stuck' as const,
        subject: id,
        what: `${kind} ${step || 'before its run'}: ${state}`,
      })),
  ];
}

/** One submission: one event, one run that is done, one confirmed effect. */
function ofSubmission({ id }: Submission, { facts }: Statements): Finding[] {
  const events = facts.inbound.filter((one) => one.webhookId === id && one.status === 'accepted');
  const messages = new Set(events.map(({ messageId }) => messageId));
  const runs = facts.runs.filter(({ startedBy }) => messages.has(startedBy));
  const effects = facts.effects.filter(({ runId }) => runs.some((run) => run.id === runId));
  const confirmed = effects.filter(({ state }) => state === 'confirmed');
  const findings: Finding[] = [];
  const add = (kind: FindingKind, what: string): void => void findings.push({ kind, subject: id, what });
  const more = [count(events, 'event'), count(runs, 'run'), count(effects, 'effect')].filter(Boolean);
  if (more.length > 0) add('duplicated', more.join(', '));
  const isOpen =
    runs.some(({ status }) => ['running', 'held', 'cancelling'].includes(status)) ||
    facts.open.some(({ messageId }) => messages.has(messageId));
  if (isOpen) return findings;
  if (events.length === 0) add('lost', 'answered 2xx, and there is no event');
  else if (runs.length === 0) add('lost', 'its event started no run');
  else if (!runs.some(({ status }) => status === 'done')) add('lost', `its run ended ${runs[0]?.status}`);
  else if (confirmed.length === 0) add('lost', 'its run is done without a confirmed effect');
  return findings;
}

/** `2 runs`; nothing when there is at most one. */
function count(items: readonly unknown[], name: string): string {
  return items.length > 1 ? `${items.length} ${name}s` : '';
}

/** One person: one contact with the values of the submissions, and no more business effects than submissions. */
function ofPeople({ accepted, facts, contacts, effects }: Statements): Finding[] {
  const byEmail = Map.groupBy(contacts, (contact) => contact.properties['email'] ?? '');
  const known = new Set(facts.effects.map(({ providerId }) => providerId));
  const open = new Set(stuckMessages(facts));
  const findings: Finding[] = [];
  for (const [email, submitted] of Map.groupBy(accepted.values(), (one) => one.email)) {
    const add = (kind: FindingKind, what: string): void => void findings.push({ kind, subject: email, what });
    const held = byEmail.get(email) ?? [];
    const { created = 0, updated = 0 } = effects.byKey[email] ?? {};
    if (held.length > 1) add('duplicated', `${held.length} contacts at the provider`);
    if (created > 1) add('duplicated', `created ${created} times at the provider`);
    if (created + updated > submitted.length) {
      add('duplicated', `${created + updated} business effects for ${submitted.length} submissions`);
    }
    if (submitted.some(({ id }) => open.has(id))) continue;
    const contact = held[0];
    if (!contact) add('lost', 'no contact at the provider');
    else if (!known.has(contact.id)) add('lost', `no effect names contact ${contact.id}`);
    else for (const wrong of wrongValues(contact, submitted)) add('lost', wrong);
  }
  if (effects.unchangedWrites > 0) {
    const what = `${effects.unchangedWrites} writes that changed nothing: effects applied twice`;
    findings.push({ kind: 'duplicated', subject: 'provider', what });
  }
  return findings;
}

/** Sender's ids of submissions that have open work. */
function stuckMessages({ inbound, runs, open }: Facts): string[] {
  const unended = runs.filter(({ status }) => ['running', 'held', 'cancelling'].includes(status));
  const messages = new Set([
    ...unended.map((run) => run.startedBy),
    ...open.map(({ messageId }) => messageId),
  ]);
  return inbound.flatMap(({ webhookId, messageId }) =>
    messageId && messages.has(messageId) ? [webhookId] : [],
  );
}

function phantoms({ accepted, facts, contacts }: Statements): Finding[] {
  const emails = new Set([...accepted.values()].map(({ email }) => email));
  const genuine = facts.inbound.filter(
    ({ status, webhookId }) => status === 'accepted' && accepted.has(webhookId),
  );
  const messages = new Set(genuine.map(({ messageId }) => messageId));
  const runs = new Set(facts.runs.filter(({ startedBy }) => messages.has(startedBy)).map(({ id }) => id));
  const phantom = (subject: string, what: string): Finding => ({ kind: 'phantom', subject, what });
  return [
    ...facts.inbound
      .filter(({ status, webhookId }) => status === 'accepted' && !accepted.has(webhookId))
      .map(({ webhookId }) => phantom(webhookId, 'an event that no sender was answered 2xx for')),
    ...facts.runs
      .filter(({ id }) => !runs.has(id))
      .map(({ id }) => phantom(id, 'a run without an accepted event')),
    ...facts.effects
      .filter(({ runId }) => !runId || !runs.has(runId))
      .map(({ id }) => phantom(id, 'an effect without a run')),
    ...contacts
      .filter(({ properties }) => !emails.has(properties['email'] ?? ''))
      .map(({ id, properties }) => phantom(properties['email'] ?? id, 'a contact that nobody asked for')),
  ];
}
