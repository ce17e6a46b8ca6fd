/** One business effect, as a use case describes it to the ledger. */
export interface EffectRequest<Found, Answer> {
  /** Reads what the provider holds and changes nothing. Also the lookup before a resend, and all that shadow does. */
  look(): Promise<Found>;
  /** The answer, when what is there is already what was asked for; then nothing is sent. */
  already?(found: Found): Answer | undefined;
  /**
   * `hold`: what proves that an earlier attempt has sent, where the provider can tell. Asked only when one may have; its
   * absence proves nothing.
   */
  evidence?(): Promise<Answer | undefined>;
  /** What would be done, for people, without personal data: `update contact 123: phone, company`. */
  describe(found: Found): string;
  /** The call that changes something. It is made at most once at a time, and only while the lease holds. */
  send(found: Found): Promise<Answer>;
  /** What the step answers in shadow mode. */
  pretend(found: Found): Answer;
  /** The provider's id of what was touched. */
  providerId(answer: Answer): string | undefined;
  /**
   * For an effect of class `hold` whose provider is known, at run time only, to honour the reference as an idempotency
   * key: for how many milliseconds after it first came. Until then what may have been sent is sent again, under the
   * same reference and with the same content; later, and without it, a person decides.
   */
  readonly keyHonouredMs?: number;
}

/** The door to the ledger that a use case gets. */
export interface EffectHandle {
  /** The reference to write into the provider's object where it has room for one. */
  readonly reference: string;
  /**
   * When it was planned: nothing of it can be older, and no retry changes it. By the clock of the machine that planned
   * it, which no test moves.
   */
  readonly plannedAt: Date;
  /**
   * Sees to it that the effect happens once: a confirmed one returns its stored answer, one that may have been sent
   * is looked up first, shadow only looks.
   */
  perform<Found, Answer>(request: EffectRequest<Found, Answer>): Promise<Answer>;
}
