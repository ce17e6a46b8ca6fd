import type { Poll, PolledPage } from '../../../shared/connectors/polls.js';
import { Remembered } from '../../../shared/connectors/remembered.js';
import { CodedError } from '../../../shared/kernel/coded-error.js';
import type { HubspotAccountApi } from './hubspot-account-api.js';
import type { HubspotRecord, HubspotVersion } from './hubspot-answers.js';
import type { HubspotDealsApi } from './hubspot-deals-api.js';

/** Deals are read with histories: HubSpot gives 50 of them. */
const pageSize = 50;
const modified = 'hs_lastmodifieddate';
/** HubSpot's index knows a change after some seconds: so far back is looked again. */
const overlapMs = 60_000;
/** HubSpot's search reaches 10,000 results. */
const mostAfter = 9_000;
const accountKeptMs = 3_600_000;

interface Position {
  /** Nothing older than this is told. */
  readonly floor: number;
  /** Deals that changed since then are asked for. */
  readonly since: number;
  /** Of them, how many were seen: more than a page may have changed in one moment. */
  readonly after: number;
}

interface Account {
  readonly portalId: string;
  readonly appId?: string;
}

export interface HubspotPollParts {
  readonly deals: HubspotDealsApi;
  readonly account: HubspotAccountApi;
  /** Properties whose changes are told. */
  readonly watched: () => Promise<readonly string[]>;
}

/**
 * What changed of HubSpot's deals, as HubSpot's webhooks tell it. A change has the time that the webhook gives it, so
 * that what was pushed too is known by it: of one property of one deal only what is later than all before counts.
 */
export class HubspotDealsPoll implements Poll {
  readonly name = 'hubspot-deals';
  readonly channel = 'hubspot';
  readonly title = 'Changed deals of HubSpot';
  readonly defaultSeconds = 120;
  private readonly accounts = new Remembered<Account>(accountKeptMs);

  constructor(private readonly parts: HubspotPollParts) {}

  async page(cursor: string | undefined, now: Date, signal: AbortSignal): Promise<PolledPage> {
    const at = positionOf(cursor);
    if (!at) {
      const start = now.getTime();
      return { bodies: [], cursor: cursorOf({ floor: start, since: start, after: 0 }), more: false };
    }
    const found = await this.search(at, signal);
    const more = found.length >= pageSize;
    const next = cursorOf(after(at, lastOf(found), more));
    if (found.length === 0) return { bodies: [], cursor: next, more };
    const events = await this.changes(found, at.floor, signal);
    const bodies = events.length > 0 ? [Buffer.from(JSON.stringify(events))] : [];
    return { bodies, cursor: next, more };
  }

  private async search(
    { since, after: skipped }: Position,
    signal: AbortSignal,
  ): Promise<readonly HubspotRecord[]> {
    const filters = [{ propertyName: modified, operator: 'GTE' as const, value: String(since) }];
    const search = { filterGroups: [{ filters }], properties: [modified], orderedBy: modified };
    return (await this.parts.deals.search({ ...search, limit: pageSize, after: skipped }, signal)).records;
  }

  private async changes(
    found: readonly HubspotRecord[],
    floor: number,
    signal: AbortSignal,
  ): Promise<object[]> {
    const names = [...(await this.parts.watched())];
    const [account, { records }] = await Promise.all([
      this.accounts.get('', () => this.askAccount(signal)),
      this.parts.deals.read(
        { ids: found.map(({ id }) => id), properties: names, propertiesWithHistory: names },
        signal,
      ),
    ]);
    return records.flatMap(({ id, history }) =>
      names.flatMap((name) => {
        const [newest] = history[name] ?? [];
        const isNews = newest !== undefined && newest.at >= floor;
        return isNews ? [eventOf(account, id, name, newest)] : [];
      }),
    );
  }

  /** Without the app's id a change of our own is told as anybody's. */
  private async askAccount(signal: AbortSignal): Promise<Account> {
    const app = await this.parts.account.app(signal).catch((error: unknown) => {
      if (error instanceof CodedError && error.kind === 'permanent') return undefined;
      throw error;
    });
    return app
      ? { portalId: app.portalId, appId: app.id }
      : { portalId: await this.parts.account.portalId(signal) };
  }
}

/** The classic form. Events that are polled have no id: their time tells them apart. */
function eventOf({ portalId, appId }: Account, id: string, name: string, version: HubspotVersion): object {
  return {
    ...{ eventId: 0, portalId, ...(appId && { appId }), occurredAt: version.at },
    ...{ subscriptionType: 'deal.propertyChange', objectId: id, propertyName: name },
    ...{ propertyValue: version.value, changeSource: version.source, sourceId: version.sourceId },
  };
}

/**
 * Goes on from the last change that was told rather than by places: what changes meanwhile moves to the end, and would
 * push others across the edge of a page. At the end of what is there it goes back a little, for what the index learns
 * late.
 */
function after(
  { floor, since, after: skipped }: Position,
  last: number | undefined,
  more: boolean,
): Position {
  if (last === undefined) return { floor, since, after: 0 };
  if (!more) {
    const again = Math.max(floor, last - overlapMs);
    return { floor: again, since: again, after: 0 };
  }
  if (last > since) return { floor, since: last, after: 0 };
  return skipped < mostAfter
    ? { floor, since, after: skipped + pageSize }
    : { floor, since: since + 1, after: 0 };
}

function lastOf(found: readonly HubspotRecord[]): number | undefined {
  const text = found.at(-1)?.values[modified];
  const at = text ? Date.parse(text) : NaN;
  return Number.isNaN(at) ? undefined : at;
}

function cursorOf({ floor, since, after: skipped }: Position): string {
  return `${floor}|${since}|${skipped}`;
}

/** Undefined for none, and for what is none of ours: then it begins now. */
function positionOf(cursor: string | undefined): Position | undefined {
  const [, floor, since, skipped] = /^(\d{12,14})\|(\d{12,14})\|(\d{1,5})$/.exec(cursor ?? '') ?? [];
  if (floor === undefined) return undefined;
  return { floor: Number(floor), since: Number(since), after: Number(skipped) };
}
