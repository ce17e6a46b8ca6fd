/**
 * What a failure means for those who handle it: HTTP status and, for a delivery, whether it is tried again.
 * `uncertain` says that an effect may or may not have happened.
 */
export type ErrorKind =
  | 'invalid'
  | 'conflict'
  | 'notFound'
  | 'forbidden'
  | 'unauthenticated'
  | 'transient'
  | 'permanent'
  | 'uncertain';

export interface ErrorOptions {
  /** Values that help the reader; never secrets nor personal data. */
  details?: Record<string, unknown>;
  /** For `transient`: not before this many milliseconds from now. */
  retryAfterMs?: number;
  /** For `transient`: nothing was tried (a closed breaker, a spent budget), so it does not count as an attempt. */
  blameless?: boolean;
  cause?: unknown;
}

/** An error that the system knows: a stable code (`CRM.CONTACT_REJECTED`), a kind, and a sentence. */
export class CodedError extends Error {
  readonly details: Record<string, unknown>;
  readonly retryAfterMs?: number;
  readonly blameless: boolean;

  constructor(
    readonly code: string,
    readonly kind: ErrorKind,
    message: string,
    options: ErrorOptions = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'CodedError';
    this.details = options.details ?? {};
    this.retryAfterMs = options.retryAfterMs;
    this.blameless = options.blameless ?? false;
  }
}

export interface ErrorDefinition {
  (options?: ErrorOptions & { message?: string }): CodedError;
  readonly code: string;
  readonly kind: ErrorKind;
  readonly summary: string;
}

const catalogue = new Map<string, ErrorDefinition>();

/**
 * Defines an error of the catalogue (`docs/errors.md` is pinned to it). A code is defined once.
 * @param defaults what all errors of the code have in common
 */
export function defineError(
  code: string,
  kind: ErrorKind,
  summary: string,
  defaults: Pick<ErrorOptions, 'blameless'> = {},
): ErrorDefinition {
  if (catalogue.has(code)) throw new Error(`the error code ${code} is defined twice`);
  const make = (options: ErrorOptions & { message?: string } = {}): CodedError =>
    new CodedError(code, kind, options.message ?? summary, { ...defaults, ...options });
  const definition = Object.assign(make, { code, kind, summary });
  catalogue.set(code, definition);
  return definition;
}

/** All errors defined so far, by code. */
export function errorCatalogue(): readonly ErrorDefinition[] {
  return [...catalogue.values()].sort((a, b) => a.code.localeCompare(b.code));
}
