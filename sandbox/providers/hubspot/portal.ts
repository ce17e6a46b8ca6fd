import type { Account } from './account.ts';
import type { AutomaticWebhooks } from './automatic-webhooks.ts';
import type { Kind } from './kinds.ts';
import type { Limits } from './limits.ts';
import type { Commit, WriteContext } from './record-writes.ts';
import type { Scopes } from './scopes.ts';
import type { HubspotSettings } from './settings.ts';
import type { Source } from './events.ts';

/** What the routes share: one HubSpot account. */
export type Portal = {
  account: Account;
  settings: HubspotSettings;
  scopes: Scopes;
  limits: Limits;
  webhooks: AutomaticWebhooks;
  /** Applies a state change, journals it, and tells whoever subscribed. */
  commit: Commit;
};

export const writing = ({ account, commit }: Portal, kind: Kind, by: Source): WriteContext => ({
  ...{ account, commit, kind, by },
});
