import type { Chat } from './chat.js';

/** An adapter and the chat behind it, with the means to look into it. */
export interface ChatWorld {
  readonly chat: Chat;
  /** Ids of two channels that the app may write to, and of a person. */
  readonly places: { readonly channel: string; readonly other: string; readonly person: string };
  /** An id as the chat forms them, of nothing. */
  readonly nowhere: string;
  /** What is in a channel, oldest first, as people see it: what a part mentions or links is told apart. */
  readonly messages: (channel: string) => Promise<
    readonly {
      id: string;
      text: string;
      parts: readonly string[];
      threadOf?: string;
      links: readonly string[];
    }[]
  >;
  /** Somebody else writes. */
  readonly chatter: (channel: string, count: number) => Promise<void>;
  /** The next message is posted, and its answer lost. */
  loseAnswer(): Promise<void>;
}
