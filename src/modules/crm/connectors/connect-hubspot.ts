import { BoundedHttp } from '../../../shared/connectors/bounded-http.js';
import { Breaker } from '../../../shared/connectors/breaker.js';
import { Connector, type Failure } from '../../../shared/connectors/connector.js';
import { RateBucket, type RateLimit, type RateStore } from '../../../shared/connectors/rate-bucket.js';
import type { LaneGates } from '../../../shared/messaging/lane-gates.js';
import { HubspotAccountApi } from './hubspot-account-api.js';
import { HubspotActivities } from './hubspot-activities.js';
import { HubspotCalls } from './hubspot-calls.js';
import { HubspotContacts } from './hubspot-contacts.js';
import { HubspotContactsApi } from './hubspot-contacts-api.js';
import { HubspotDeals } from './hubspot-deals.js';
import { HubspotDealsApi } from './hubspot-deals-api.js';
import { contactWords, explainHubspot, recordWords, type Wording } from './hubspot-errors.js';
import { HubspotFormsApi } from './hubspot-forms-api.js';
import { HubspotNotesApi } from './hubspot-notes-api.js';
import { HubspotOwners } from './hubspot-owners.js';
import { HubspotOwnersApi } from './hubspot-owners-api.js';
import { HubspotSchemaApi } from './hubspot-schema-api.js';
import { HubspotTasksApi } from './hubspot-tasks-api.js';
import type { HubspotSettings } from './hubspot-settings.js';

/** The connector, the lane and the rate buckets of HubSpot. */
const name = 'hubspot';

/** The least that any account has, until the first answer states what this one has. */
const callLimit: RateLimit = { max: 100, intervalMs: 10_000 };
/** As documented; newer pages say five a second. */
const searchLimit: RateLimit = { max: 4, intervalMs: 1_000 };

/** Bounds on calls, for tests. */
export interface HubspotBounds {
  readonly timeoutMs?: number;
  readonly maxBytes?: number;
  readonly breakerOpenMs?: number;
  readonly patienceMs?: number;
}

/** HubSpot's adapters. They share one breaker, one budget and their connections. */
export class Hubspot {
  readonly contacts: HubspotContacts;
  readonly deals: HubspotDeals;
  readonly owners: HubspotOwners;
  readonly activities: HubspotActivities;
  readonly account: HubspotAccountApi;
  readonly schema: HubspotSchemaApi;
  readonly dealsApi: HubspotDealsApi;
  readonly ownersApi: HubspotOwnersApi;
  readonly forms: HubspotFormsApi;

  constructor(callsIn: (words: Wording) => HubspotCalls) {
    const calls = callsIn(recordWords);
    this.account = new HubspotAccountApi(calls);
    this.schema = new HubspotSchemaApi(calls);
    this.dealsApi = new HubspotDealsApi(calls);
    this.ownersApi = new HubspotOwnersApi(calls);
    this.forms = new HubspotFormsApi(calls);
    this.deals = new HubspotDeals(this.dealsApi, this.schema);
    this.owners = new HubspotOwners(this.ownersApi);
    const [notes, tasks] = [new HubspotNotesApi(calls), new HubspotTasksApi(calls)];
    this.activities = new HubspotActivities(notes, tasks, this.schema);
    this.contacts = new HubspotContacts(new HubspotContactsApi(callsIn(contactWords)));
  }
}

/** HubSpot with all its parts. */
export function connectHubspot(
  settings: HubspotSettings,
  rates: RateStore,
  gates: LaneGates,
  bounds: HubspotBounds = {},
): Hubspot {
  const { timeoutMs = 10_000, maxBytes = 8 * 1024 * 1024, breakerOpenMs, patienceMs } = bounds;
  const breaker = new Breaker(name, gates, { openMs: breakerOpenMs });
  const http = new BoundedHttp({ timeoutMs, maxBytes, connections: 16 });
  const calls = new RateBucket(rates, name, callLimit, patienceMs);
  const searches = new RateBucket(rates, `${name}-search`, searchLimit, patienceMs);
  return new Hubspot((words) => {
    const explain = (thrown: unknown): Failure => explainHubspot(thrown, words);
    const connector = new Connector({ name, breaker, gates, explain });
    return new HubspotCalls({ settings, connector, http, calls, searches });
  });
}
