import type { Poll, PolledPage } from '../../../shared/connectors/polls.js';
import type { XeroApi } from './xero-api.js';
import { changeOf, itemsOf } from './xero-answers.js';

const pageSize = 100;

interface Position {
  readonly since: Date;
  /** Of those that changed since: more than a page may have changed in one second. */
  readonly page: number;
}

/**
 * What changed of Xero's sales invoices, as Xero's webhooks tell it: the time of an event is the time of the change, so
 * that what was pushed too is known by it. Xero filters by whole seconds; what is told twice for that does nothing.
 */
export class XeroInvoicesPoll implements Poll {
  readonly name = 'xero-invoices';
  readonly channel = 'xero';
  readonly title = 'Changed invoices of Xero';
  readonly defaultSeconds = 300;

  constructor(private readonly api: XeroApi) {}

  async page(cursor: string | undefined, now: Date, signal: AbortSignal): Promise<PolledPage> {
    const at = positionOf(cursor);
    if (!at) return { bodies: [], cursor: cursorOf({ since: wholeSecond(now), page: 1 }), more: false };
    const answer = await this.api.invoices(
      {
        ...{ where: 'Type=="ACCREC"', order: 'UpdatedDateUTC ASC', pageSize },
        ...{ modifiedSince: at.since, page: at.page },
      },
      signal,
    );
    const changes = itemsOf(answer, 'invoices').map(changeOf);
    const more = changes.length >= pageSize;
    const bodies = changes.length > 0 ? [bodyOf(answer.tenantId, changes)] : [];
    return { bodies, cursor: cursorOf(after(at, changes.at(-1)?.at, more)), more };
  }
}

/**
 * Goes on from the last change that was told rather than by page numbers: what changes meanwhile moves to the end, and
 * would push others across the edge of a page.
 */
function after(at: Position, last: Date | undefined, more: boolean): Position {
  const since = last ? new Date(wholeSecond(last).getTime() - 1_000) : at.since;
  if (since > at.since) return { since, page: 1 };
  return { since: at.since, page: more ? at.page + 1 : 1 };
}

function bodyOf(tenantId: string, changes: readonly { id: string; at: Date }[]): Buffer {
  const events = changes.map(({ id, at }) => ({
    resourceUrl: `https://api.xero.com/api.xro/2.0/Invoices/${id}`,
    resourceId: id,
    tenantId,
    tenantType: 'ORGANISATION',
    eventCategory: 'INVOICE',
    eventType: 'UPDATE',
    eventDateUtc: at.toISOString().replace('Z', ''),
  }));
  // Not from Xero's sequence: a poll has no gaps to tell.
  return Buffer.from(
    JSON.stringify({ events, firstEventSequence: 0, lastEventSequence: 0, entropy: 'poll' }),
  );
}

function wholeSecond(time: Date): Date {
  return new Date(Math.floor(time.getTime() / 1_000) * 1_000);
}

function cursorOf({ since, page }: Position): string {
  return `${since.toISOString()}|${page}`;
}

/** Undefined for none, and for what is none of ours: then it begins now. */
function positionOf(cursor: string | undefined): Position | undefined {
  const [time = '', page = ''] = (cursor ?? '').split('|');
  const since = new Date(time);
  if (Number.isNaN(since.getTime()) || !/^[1-9]\d{0,5}$/.test(page)) return undefined;
  return { since, page: Number(page) };
}
