import type { RollingWindow } from '../../core/rolling-window.ts';
import type { ZendeskEvent } from './records.ts';
import type { ZendeskSettings } from './settings.ts';
import type { ZendeskStore } from './store.ts';
import type { Webhooks } from './webhooks.ts';

/** The simulator's parts, as its routes need them. */
export type Helpdesk = {
  store: ZendeskStore;
  settings: ZendeskSettings;
  webhooks: Webhooks;
  calls: RollingWindow;
  exports: RollingWindow;
  client: { id: string; secret: string };
  /** Access tokens that were given out, and until when they are good. */
  tokens: Map<string, { scopes: string[]; expiresAt: number }>;
  /** What the client may be given. */
  scopes: Set<string>;
  /** Of the user that the client acts as. */
  user: { role: string };
  /** Applies a state change, journals it, and tells whoever subscribed. */
  commit: (event: ZendeskEvent) => void;
};
