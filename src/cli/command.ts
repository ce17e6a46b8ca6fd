import type { AdminApi } from './admin-api.js';

/** What every command gets. A command answers whether what it found is right. */
export interface CommandContext {
  readonly api: AdminApi;
  readonly print: (text: string) => void;
  /** Agrees to what is asked. */
  readonly yes: boolean;
  readonly deliver: boolean;
  readonly waitSeconds: number;
  /** Why something is changed, for the audit log. */
  readonly reason: string;
}
