import { createHash } from 'node:crypto';
import { openJson, sealJson, type DataKey } from '../crypto/field-cipher.js';
import type { Database } from '../database/database.js';
import { CodedError } from '../kernel/coded-error.js';
import { crashPoint, isBroken } from '../kernel/crash-point.js';
import { timeOfId } from '../kernel/ids.js';
import type { EffectHandle, EffectRequest } from '../messaging/effect-handle.js';
import { change, type Change } from '../messaging/outcome.js';
import type { EffectState } from './effect-row.js';
import { markPlanned, markSending } from './effect-marks.js';
import { effectUpdates, resultPlace } from './effect-updates.js';
import {
  EffectAbandoned,
  EffectAnswerErased,
  EffectUnanswered,
  EffectUncertain,
  EffectUndeclared,
  LeaseTooShort,
} from './effects.errors.js';

/** A row of the ledger, as a step that is about to perform it needs it. */
export interface EffectRecord {
  id: string;
  delivery_id: string;
  class: string;
  state: EffectState;
  reference: string;
  attempts: number;
  result: Buffer | null;
  /** For how long, when the row was read, the provider still knew its key; null where none was sent. */
  key_known_ms: number | null;
  /** What the result is sealed with: another run's key where the effect is the business's. Absent: it was destroyed. */
  key?: DataKey;
}

export interface PerformOptions {
  readonly mode: 'shadow' | 'redirect' | 'live';
  readonly key: DataKey;
  /** Which attempt of the delivery this is; from the second on, an earlier one may have sent. */
  readonly attempt: number;
  deadline(): number;
  /** How much of the lease must be left when a call begins, in milliseconds. */
  readonly marginMs: number;
}

/** One effect while its step runs. */
export class OpenEffect implements EffectHandle {
  /** What the ledger will say, to be written with the outcome. */
  readonly changes: Change[] = [];
  /** In words, for timeline and audit. */
  summary: string | undefined;
  state: EffectState | undefined;
  /** Of class `hold`, and something may have left of which nobody knows what became. */
  private maybeSent: boolean;
  /** Until when (monotonic) the provider knows the key that was sent. */
  private keyKnownUntil: number;

  constructor(
    private readonly database: Database,
    private readonly record: EffectRecord | undefined,
    private options: PerformOptions,
  ) {
    const state = record?.class === 'hold' ? record.state : undefined;
    this.maybeSent = state === 'sending' || state === 'uncertain';
    this.keyKnownUntil = performance.now() + (record?.key_known_ms ?? 0);
  }

  /** Nothing is sent: what shadow mode does. */
  onlyLook(): void {
    this.options = { ...this.options, mode: 'shadow' };
  }

  get reference(): string {
    return this.row.reference;
  }

  get plannedAt(): Date {
    return timeOfId(this.row.id);
  }

  get id(): string | undefined {
    return this.record?.id;
  }

  async perform<Found, Answer>(request: EffectRequest<Found, Answer>): Promise<Answer> {
    const stored = this.stored<Answer>();
    if (stored !== undefined) return stored;
    const mayHaveSent = this.row.state === 'sending' || this.options.attempt > 1;
    if (this.maybeSent && !this.isKeyKnown) return this.settleByEvidence(request);
    const found = await request.look();
    this.summary = request.describe(found);
    if (this.options.mode === 'shadow')
      return this.settle('shadowed', request.pretend(found), `would ${this.summary}`);
    const already = request.already?.(found);
    if (already !== undefined) {
      const how = mayHaveSent ? 'found done' : 'nothing to do';
      return this.settle('confirmed', already, `${this.summary} (${how})`, request.providerId(already));
    }
    return this.send(request, found);
  }

  /** What the ledger says after the step failed. */
  failed(status: 'retry' | 'dead' | 'uncertain'): Change[] {
    if (!this.record) return [];
    if (status === 'uncertain') return [this.update('uncertain', this.summary)];
    if (status === 'dead') return [this.update(this.maybeSent ? 'uncertain' : 'failed', this.summary)];
    return [];
  }

  /** What the ledger says when the run went another way before anything was sent. */
  abandoned(): Change[] {
    if (this.record?.state !== 'planned') return [];
    return [this.update('abandoned', this.summary)];
  }

  private async send<Found, Answer>(request: EffectRequest<Found, Answer>, found: Found): Promise<Answer> {
    if (performance.now() + this.options.marginMs > this.options.deadline())
      throw LeaseTooShort({ retryAfterMs: 100 });
    if (this.row.class === 'hold' && !this.maybeSent) {
      const { keyHonouredMs = 0 } = request;
      this.keyKnownUntil = performance.now() + keyHonouredMs;
      await markSending(this.database, this.row.id, keyHonouredMs);
    }
    crashPoint('effect-before-call');
    const answer = await this.call(request, found);
    crashPoint('effect-after-call');
    return this.settle('confirmed', answer, this.summary, request.providerId(answer));
  }

  /**
   * Where neither a provider's key nor a lookup exists, a failure says by its kind whether something may have left:
   * only a coded one that is not `uncertain` says no, and the effect may be tried again. A refusal to try once more
   * says nothing of the time before, unless it is for good: then it is the provider's answer under that key.
   */
  private async call<Found, Answer>(request: EffectRequest<Found, Answer>, found: Found): Promise<Answer> {
    const before = this.maybeSent;
    try {
      return await request.send(found);
    } catch (error) {
      if (this.row.class !== 'hold') throw error;
      this.maybeSent = !(error instanceof CodedError) || error.kind === 'uncertain';
      if (this.maybeSent) throw this.unanswered(error);
      this.maybeSent = before && (error as CodedError).kind === 'transient';
      if (!before) await markPlanned(this.database, this.row.id);
      throw error;
    }
  }

  /** Something may have left: it is confirmed where the provider can show it, and else a person decides. */
  private async settleByEvidence<Found, Answer>(request: EffectRequest<Found, Answer>): Promise<Answer> {
    const answer = await request.evidence?.().catch(() => undefined);
    if (answer === undefined) throw EffectUncertain();
    return this.settle('confirmed', answer, 'found done', request.providerId(answer));
  }

  private unanswered(error: unknown): CodedError {
    if (!this.isKeyKnown) return EffectUncertain({ cause: error });
    const retryAfterMs = error instanceof CodedError ? error.retryAfterMs : undefined;
    return EffectUnanswered({ cause: error, retryAfterMs });
  }

  /** With room for a call: the key has to be known when the request arrives. */
  private get isKeyKnown(): boolean {
    return performance.now() + this.options.marginMs < this.keyKnownUntil;
  }

  private stored<Answer>(): Answer | undefined {
    const { state, result, key } = this.row;
    if (state === 'abandoned') throw EffectAbandoned();
    if (state !== 'confirmed' || !result) return undefined;
    if (!key) throw EffectAnswerErased();
    this.summary = 'stored answer of an effect that was confirmed before';
    this.state = 'confirmed';
    return openJson(key, resultPlace(this.row.id), result) as Answer;
  }

  private settle<Answer>(state: EffectState, answer: Answer, summary?: string, providerId?: string): Answer {
    const json = JSON.stringify(answer);
    if (isBroken('ledger')) return answer;
    this.changes.push(
      change(effectUpdates, {
        id: this.row.id,
        state,
        provider_id: providerId ?? null,
        answer_digest: createHash('sha256').update(json).digest('base64'),
        result: sealJson(this.options.key, resultPlace(this.row.id), answer).toString('base64'),
        key_id: this.options.key.id,
        summary: summary ?? null,
      }),
    );
    this.summary = summary;
    this.state = state;
    return answer;
  }

  private update(state: EffectState, summary?: string): Change {
    this.state = state;
    return change(effectUpdates, {
      id: this.row.id,
      state,
      provider_id: null,
      answer_digest: null,
      result: null,
      key_id: null,
      summary: summary ?? null,
    });
  }

  private get row(): EffectRecord {
    if (!this.record) throw EffectUndeclared();
    return this.record;
  }
}
