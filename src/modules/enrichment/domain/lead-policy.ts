/** What a score rule asks of a field. */
export type ScoreTest = 'present' | 'absent' | 'equals' | 'one-of' | 'contains' | 'longer-than';

export interface ScoreCondition {
  /** A field of the enriched lead, e.g. `emailType`. */
  readonly field: string;
  readonly is: ScoreTest;
  /** For `equals` and `contains` a text, for `one-of` texts, for `longer-than` a number of characters. */
  readonly value?: string | number | readonly string[];
  /** A field that is less sure counts as absent. Default 0. */
  readonly confidence?: number;
}

export interface ScoreRule {
  readonly name: string;
  /** All of them must hold. */
  readonly when: readonly ScoreCondition[];
  /** −100 to 100. */
  readonly points: number;
}

/** The body of the policy `lead-enrichment`. */
export interface LeadPolicy {
  /** ISO 3166-1 alpha-2 of numbers written without calling code when nothing else tells; null: none is assumed. */
  readonly defaultCountry: string | null;
  readonly freeMailDomains: readonly string[];
  readonly disposableDomains: readonly string[];
  /** Mailboxes of a function instead of a person: `info`, `sales`. */
  readonly roleLocalParts: readonly string[];
  /** Domains whose misspellings are recognised: one letter missing, added, wrong, or two swapped. */
  readonly typoDomains: readonly string[];
  /** The fewest letters of a message from which its language is read. */
  readonly languageMinLetters: number;
  readonly score: { readonly base: number; readonly rules: readonly ScoreRule[] };
}
