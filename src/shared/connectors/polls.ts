import { Injectable } from '@nestjs/common';

/** What a provider tells when it is asked, in the form in which its webhooks tell it. */
export interface PolledPage {
  /** Bodies that the channel reads as if they had been pushed: what was pushed too is known by it. */
  readonly bodies: readonly Buffer[];
  /** Where to go on: kept once the bodies are durable. */
  readonly cursor: string;
  /** Whether there is more to ask for at once. */
  readonly more: boolean;
}

/**
 * Asks a provider what changed, for a machine that it cannot reach and for the gap after an outage. A connector adds
 * one for each thing that can be asked for by a cursor.
 */
export interface Poll {
  /** `hubspot-deals` */
  readonly name: string;
  /** Whose bodies they are. */
  readonly channel: string;
  /** In words, for people. */
  readonly title: string;
  readonly defaultSeconds: number;
  /**
   * The next page. Makes few calls, at the connector's budget; the first one, without a cursor, begins now and tells
   * nothing of the past.
   * @throws CodedError
   */
  page(cursor: string | undefined, now: Date, signal: AbortSignal): Promise<PolledPage>;
}

/** The polls of all connectors. */
@Injectable()
export class Polls {
  private readonly byName = new Map<string, Poll>();

  /** @throws Error when the name is taken */
  add(poll: Poll): void {
    if (this.byName.has(poll.name)) throw new Error(`two polls are named ${poll.name}`);
    this.byName.set(poll.name, poll);
  }

  get(name: string): Poll | undefined {
    return this.byName.get(name);
  }

  get all(): readonly Poll[] {
    return [...this.byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }
}
