import type { CodedError } from '../../../shared/kernel/coded-error.js';

/** Headers by lower-case name; a repeated header's values are joined by ", ". */
export type Headers = Readonly<Record<string, string | undefined>>;

/** A request as it reached the gateway. */
export interface InboundRequest {
  readonly method: 'GET' | 'POST' | 'OPTIONS';
  /** What the route names behind the channel, e.g. the form; empty where it names nothing. */
  readonly source: string;
  /** The address that the provider called: the configured public URL with this request's path and query. */
  readonly url: string;
  readonly headers: Headers;
  /** Bytes as received. */
  readonly body: Buffer;
  /** Where the connection came from. */
  readonly ip: string;
  readonly traceparent: string;
  readonly receivedAt: Date;
}

/** The values of a channel's secrets that are valid now, the newest first; empty for one that is not configured. */
export type Secrets = (name: string) => readonly string[];

/** What a genuine request says of itself before its content is looked at. */
export interface Genuine {
  /** The same over the sender's retries; without it the hash of the body stands for the request. */
  readonly requestKey?: string;
}

/** One thing that a request says happened, in the words of the system. */
export interface NormalisedEvent {
  /** An instance of a class declared with @Event. */
  readonly message: object;
  readonly subject: string;
  /** Events of the same key are ordered where a step asks for it; only a keyed hash is stored. */
  readonly partitionKey: string;
  /** Whose personal data it carries, e.g. `email:person@example.com`; only a keyed hash is stored. */
  readonly dataSubjects: readonly string[];
}

/** A file that came with an update. Its type is what its bytes say, not what the sender claims. */
export interface Attachment {
  /** UUIDv7; the event names the file by it. */
  readonly id: string;
  readonly name: string;
  /** As the sender claims. */
  readonly declaredType: string;
  /** As the bytes say; `application/octet-stream` when they say nothing. */
  readonly mediaType: string;
  readonly content: Buffer;
}

/**
 * One of the things that a request tells. Each is deduplicated, recorded and, where it has an event, delivered by
 * itself. Exactly one of `event`, `ignored` and `rejected` is there.
 */
export interface Update {
  /** Unique in the channel; the same over the sender's retries. At most 400 characters. */
  readonly key: string;
  readonly event?: NormalisedEvent;
  /** Understood, and nothing for us: why. */
  readonly ignored?: string;
  /** Genuine, and not what this channel can read: kept for the operator. */
  readonly rejected?: CodedError;
  /** Of what is told under one key, only what is later than all before it counts; the rest is `superseded`. */
  readonly order?: { readonly key: string; readonly at: number };
  /** Told along with it, under other keys: what is older than that, a poll found too late. */
  readonly also?: readonly { readonly key: string; readonly at: number }[];
  readonly attachments?: readonly Attachment[];
}

/** How a provider wants to be answered. */
export interface AnswerRules {
  /** Status of a request that was taken. */
  readonly taken: 200 | 202;
  /** `receipt`: `{ id, duplicate }`; `none`: no body in any answer, problems included. */
  readonly body: 'receipt' | 'none';
  /**
   * A genuine request whose content cannot be read: `refuse` answers 400, so that the sender learns; `take` answers as
   * taken, where the provider would only repeat it; 406 where that ends its retries.
   */
  readonly unreadable: 'refuse' | 'take' | 406;
  /** What makes this provider come again when the gateway is busy. */
  readonly busy: 429 | 503;
  /** The longest Retry-After, in seconds, that the provider heeds. */
  readonly mostRetryAfter?: number;
  /** Instead of 404, for a closed channel or a disabled form, where that would end the subscription. */
  readonly closed?: 503;
}

/** What the answer to one request has beside what the channel's rules say: for senders that are browsers. */
export interface OwnAnswer {
  /** Of every answer to it, refusals included. */
  readonly headers: Readonly<Record<string, string>>;
  /** Where the browser goes once the request was taken: 303 instead of the receipt. */
  readonly seeOther?: string;
}

/** What a request to try a channel is made of. */
export interface Draft {
  readonly contentType: string;
  readonly body: Buffer;
}

export interface SignOptions {
  readonly secrets: Secrets;
  readonly now: Date;
  /** The address that is called. */
  readonly url: string;
  /** Unique for the request; the sender's id where the scheme has one. */
  readonly id: string;
}

export interface SignedDraft extends Draft {
  readonly headers: Readonly<Record<string, string>>;
}

/** A way in as far as it reads what comes: one that nobody sends to, because a poll alone feeds it, has no more. */
export interface Reader {
  readonly name: string;
  /** For people: `Stripe`. */
  readonly title: string;
  /** Media types that it takes, in lower case and without parameters. */
  readonly mediaTypes: readonly string[];
  /**
   * @param id the request's id; a single update takes it as its own
   * @throws invalid errors when nothing of it can be read
   */
  read(request: InboundRequest, id: string): Promise<readonly Update[]> | readonly Update[];
}

/**
 * A way in, by its provider's own rules. Verification sees raw bytes and the secrets that are valid now; reading sees
 * only genuine content. Both are pure but for what they read of configuration, and throw coded errors.
 */
export interface Channel extends Reader {
  /** Below `/webhooks`; `forms/:source` takes a source. */
  readonly path: string;
  /** Names in the secret store. Unless the first has a value, the channel is closed. */
  readonly secrets: readonly [string, ...string[]];
  readonly answer: AnswerRules;
  /** For how many seconds of age a signature is taken, where it carries a time. */
  readonly replayWindow?: number;

  /** Whether it is this channel that serves a source; several may share a path. Default: yes. */
  serves?(source: string): Promise<boolean>;
  /** @throws unauthenticated errors; notFound for a source that does not exist */
  verify(request: InboundRequest, secrets: Secrets): Promise<Genuine> | Genuine;
  /** Answers the provider's handshake by GET: text. @throws forbidden errors */
  greet?(request: InboundRequest, secrets: Secrets): string;
  /** What the answer to this very request has of its own; asked before it is received, and throws nothing. */
  answerTo?(request: InboundRequest): Promise<OwnAnswer>;
  /**
   * Answers a browser's preflight by OPTIONS: the headers that let its page send.
   * @throws forbidden errors; notFound for a source that does not exist
   */
  preflight?(request: InboundRequest): Promise<Readonly<Record<string, string>>>;
  /** A request as the provider sends it, for people to try the channel with; each `unique` is another event. */
  example(source: string, unique: string, now: Date): Draft;
  sign(draft: Draft, options: SignOptions): SignedDraft;
}

/** A channel whose sender may be anyone: it has no secret, and other means against abuse. */
export const noSecret = 'none';
