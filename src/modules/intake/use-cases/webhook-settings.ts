/** What the configuration says of webhooks. */
export class WebhookSettings {
  constructor(
    /** The address at which providers reach this installation; some sign it. Without a slash at its end. */
    readonly publicUrl: string,
    /** Requests that a source of a channel may send a second. */
    readonly ratePerSecond: number,
    /** Whether this process asks providers what changed. */
    readonly polls: boolean,
  ) {}
}
