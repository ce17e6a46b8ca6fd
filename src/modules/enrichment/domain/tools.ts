/** A phone number as the numbering plans see it. */
export interface ParsedPhone {
  /** ITU-T E.164: `+` and at most 15 digits. */
  readonly e164: string;
  /** ISO 3166-1 alpha-2; absent where the plan does not tell, as with numbers that nobody has. */
  readonly country?: string;
  /** The countries that share the calling code, the main one first. */
  readonly possibleCountries: readonly string[];
  /** Its length exists. */
  readonly possible: boolean;
  /** Its range is assigned. */
  readonly valid: boolean;
  readonly extension?: string;
}

/** A language (ISO 639-1) and how much of the text speaks for it, 0 to 1. */
export interface DetectedLanguage {
  readonly lang: string;
  readonly accuracy: number;
}

/** The knowledge of the world that the rules are given: heavy tables that the domain does not load by itself. */
export interface LeadTools {
  /** Whether it is an e-mail address. */
  isEmail(value: string): boolean;
  /** `country` is assumed for a number that is written without its calling code. */
  parsePhone(text: string, country?: string): ParsedPhone | undefined;
  /** All countries, ISO 3166-1 alpha-2. */
  countries(): readonly string[];
  /** Languages of a text, the likeliest first. Absent: nothing is derived from the message. */
  detectLanguages?(text: string): readonly DetectedLanguage[];
}
