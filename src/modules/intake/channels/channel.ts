import type { Headers } from './standard-webhooks.js';

/** A request as it reached the gateway. */
export interface InboundRequest {
  /** What the route names behind the channel: the form's name. */
  readonly source: string;
  readonly headers: Headers;
  /** Bytes as received. */
  readonly body: Buffer;
  readonly traceparent: string;
  readonly receivedAt: Date;
}

/** A genuine request, before its content is looked at. */
export interface Genuine {
  /** Unique for the channel; the same over the sender's retries. */
  readonly deliveryKey: string;
}

/** One thing that a request says happened, in the words of the system. */
export interface NormalisedEvent {
  /** An instance of a class declared with @Event. */
  readonly message: object;
  readonly subject: string;
  /** Events of the same key are ordered where a step asks for it. */
  readonly partitionKey: string;
  /** Whose personal data it carries, e.g. `email:person@example.com`; only a keyed hash is stored. */
  readonly dataSubjects: readonly string[];
}

/**
 * A way in, by its provider's own rules. Verification sees raw bytes and the secrets that are valid now; normalising
 * sees only genuine content. Both are pure but for what they read of configuration, and throw coded errors.
 */
export interface Channel {
  readonly name: string;
  /** Media types that it takes. */
  readonly mediaTypes: readonly string[];
  readonly secretName: string;
  /** @throws unauthenticated errors; notFound for a source that does not exist */
  verify(request: InboundRequest, secrets: readonly string[]): Promise<Genuine>;
  /** @param id the inbound delivery's id @throws invalid errors, which keep the request as rejected */
  normalise(request: InboundRequest, id: string): Promise<NormalisedEvent>;
}
