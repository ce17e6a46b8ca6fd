import type { Limits } from './limits.ts';
import type { ContactStore } from './contact-store.ts';
import type { Commit } from './contact-writes.ts';
import type { HubspotSettings } from './settings.ts';

/** What the routes share: one HubSpot account. */
export type Portal = {
  store: ContactStore;
  settings: HubspotSettings;
  limits: Limits;
  /** Applies a state change and journals it. */
  commit: Commit;
};
