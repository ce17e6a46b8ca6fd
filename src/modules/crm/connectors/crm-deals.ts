import type { ValueKind } from '../domain/deal-values.js';

/** A deal as the CRM holds it. */
export interface CrmDeal {
  readonly id: string;
  /** By the CRM's names, those that were asked for and exist; null where there is no value. */
  readonly properties: Readonly<Record<string, string | null>>;
  readonly stage?: string;
  readonly pipeline?: string;
  readonly ownerId?: string;
  readonly contactIds: readonly string[];
}

/** A CRM's deals. Requests that are made at the same time share calls. All errors are coded (`crm.errors.ts`). */
export abstract class CrmDeals {
  /** @returns by id; deals that are not there are left out */
  abstract read(
    ids: readonly string[],
    properties: readonly string[],
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<string, CrmDeal>>;

  /** What the texts of each property mean, by its name; up to a minute old. */
  abstract kinds(signal?: AbortSignal): Promise<ReadonlyMap<string, ValueKind>>;

  /**
   * Writes exactly these properties; an empty text clears one.
   * @throws CRM.RECORD_GONE, CRM.RECORD_REJECTED
   */
  abstract update(
    id: string,
    properties: Readonly<Record<string, string>>,
    signal?: AbortSignal,
  ): Promise<void>;
}
