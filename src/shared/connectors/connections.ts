import { Injectable } from '@nestjs/common';

/** One thing that must be right for a provider to work, and whether it is. */
export interface ConnectionCheck {
  /** `credentials`, `scope crm.objects.deals.read`, … */
  readonly name: string;
  readonly ok: boolean;
  /** What was found; no secret. */
  readonly detail: string;
  /** What to do about it, when it is not right. */
  readonly remedy?: string;
}

/** Something that the product needs in the provider's account, and that is not there. */
export interface MissingPart {
  /** `contact property signalbox_score` */
  readonly name: string;
  readonly detail: string;
}

/** How a provider is connected: what is checked, and what is created there once a person has said so. */
export interface Connection {
  /** `hubspot` */
  readonly provider: string;
  readonly title: string;
  /** The channel to which its webhooks come, where it sends any. */
  readonly channel?: string;
  /** By read-only calls. Never rejects for what the provider answers: that is a check that is not ok. */
  check(signal: AbortSignal): Promise<readonly ConnectionCheck[]>;
  /** What would be created. */
  missing(signal: AbortSignal): Promise<readonly MissingPart[]>;
  /** Creates what is missing. @returns the names of what was created @throws CodedError */
  create(signal: AbortSignal): Promise<readonly string[]>;
  /** What a person does at the provider; `{url}` stands for the channel's address. */
  readonly steps: readonly string[];
}

/** How all providers are connected. */
@Injectable()
export class Connections {
  private readonly byProvider = new Map<string, Connection>();

  /** @throws Error when the provider has one */
  add(connection: Connection): void {
    if (this.byProvider.has(connection.provider))
      throw new Error(`${connection.provider} has two connections`);
    this.byProvider.set(connection.provider, connection);
  }

  get(provider: string): Connection | undefined {
    return this.byProvider.get(provider);
  }

  get all(): readonly Connection[] {
    return [...this.byProvider.values()].sort((a, b) => (a.provider < b.provider ? -1 : 1));
  }
}
