import type { ChatBlock, ChatPostResult } from '../contracts.js';

/** A message, and what it is known by. */
export interface ChatPost {
  /** Id of a channel or a person. */
  readonly to: string;
  readonly text: string;
  readonly blocks: readonly ChatBlock[];
  readonly threadOf: string | undefined;
  /** Kept with the message, where nobody sees it: by this it is found again. */
  readonly reference: string;
  /** It cannot have been posted before. */
  readonly plannedAt: Date;
}

/** A team's chat. All errors are coded (`chat.errors.ts`, `CONNECTORS.*`). */
export abstract class Chat {
  /** Where the message is, if it was posted. Changes nothing that anybody sees. */
  abstract find(post: ChatPost, signal?: AbortSignal): Promise<ChatPostResult | undefined>;

  /** Posts it, whether or not it is there. Nobody is mentioned by what is in it. */
  abstract post(post: ChatPost, signal?: AbortSignal): Promise<ChatPostResult>;
}
