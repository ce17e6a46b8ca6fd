import type { Poll, PolledPage } from '../../../shared/connectors/polls.js';
import type { ZendeskTicket } from './zendesk-answers.js';
import type { ZendeskApi } from './zendesk-api.js';
import type { ZendeskSettings } from './zendesk-settings.js';

/** Zendesk exports nothing younger. */
const youngestMs = 61_000;

interface Position {
  /** Unix seconds: what changed before is not told. */
  readonly floor: number;
  /** Zendesk's; none before its first page. */
  readonly cursor?: string;
}

/**
 * Which tickets changed, by Zendesk's incremental export. A change that was pushed too is known by the time of the ticket's
 * last change: of one ticket only what is later than all before counts.
 */
export class ZendeskTicketsPoll implements Poll {
  readonly name = 'zendesk-tickets';
  readonly channel = 'zendesk';
  readonly title = 'Changed tickets of Zendesk';
  readonly defaultSeconds = 120;

  constructor(
    private readonly api: Pick<ZendeskApi, 'export'>,
    private readonly settings: Pick<ZendeskSettings, 'baseUrl'>,
  ) {}

  async page(given: string | undefined, now: Date, signal: AbortSignal): Promise<PolledPage> {
    const { floor, cursor } = positionOf(given) ?? { floor: Math.floor(now.getTime() / 1_000) };
    const isTooEarly = cursor === undefined && now.getTime() - floor * 1_000 < youngestMs;
    if (isTooEarly) return { bodies: [], cursor: textOf({ floor }), more: false };
    const page = await this.api.export(cursor ?? floor, signal);
    const news = page.tickets.filter(({ updatedAt }) => Date.parse(updatedAt) >= floor * 1_000);
    return {
      bodies: news.map((ticket) => this.bodyOf(ticket)),
      cursor: textOf({ floor, cursor: page.cursor ?? cursor }),
      // A page that says it is not the last one and leads nowhere would be asked for without end.
      more: !page.isLast && page.cursor !== undefined && page.cursor !== cursor,
    };
  }

  /** For the channel, which reads it as `signalbox:ticket-polled`. */
  private bodyOf({ id, createdAt, updatedAt, status, priority }: ZendeskTicket): Buffer {
    const change = status === 'deleted' ? 'deleted' : createdAt === updatedAt ? 'created' : 'other';
    const ticket = { id, status, updated_at: updatedAt, ...(priority !== undefined && { priority }) };
    const account = new URL(this.settings.baseUrl ?? 'http://unknown').hostname.split('.', 1)[0];
    return Buffer.from(JSON.stringify({ type: 'signalbox:ticket-polled', account, change, ticket }));
  }
}

function textOf({ floor, cursor }: Position): string {
  return cursor === undefined ? String(floor) : `${floor}|${cursor}`;
}

/** Undefined for none, and for what is none of ours: then it begins now. */
function positionOf(given: string | undefined): Position | undefined {
  const [, floor, cursor] = /^(\d{9,11})(?:\|(\S{1,500}))?$/.exec(given ?? '') ?? [];
  if (floor === undefined) return undefined;
  return { floor: Number(floor), ...(cursor !== undefined && { cursor }) };
}
