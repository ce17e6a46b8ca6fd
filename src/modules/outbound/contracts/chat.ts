import { IsArray, IsOptional, IsString, MaxLength, MinLength } from 'class-validator';
import { Command, CommandType, Event } from '../../../shared/kernel/message.js';

/** A part of a chat message, below its text. Plain text: nothing in it formats, mentions or links. */
export interface ChatBlock {
  readonly title?: string;
  readonly lines?: readonly string[];
  /** `url` is of http or https. */
  readonly link?: { readonly label: string; readonly url: string };
}

export interface ChatPostResult {
  /** The conversation in which it is: a person's direct messages have an id of their own. */
  channel: string;
  /** What it is called there; `threadOf` of a reply to it. */
  messageId: string;
}

/**
 * Posts a message to a channel, or to a person. Once for its key in a step of a flow, whichever run asks: the wording of
 * the first one counts. It is not rerouted in redirect mode: there it only looks.
 */
@CommandType<PostChat>('outbound.post-chat.v1', {
  effect: {
    ...{ connector: 'slack', class: 'lookup', scope: 'business' },
    target: ({ key }) => key,
    request: ({ key }) => key,
  },
  orderedBy: ({ key }) => `chat:${key}`,
})
export class PostChat extends Command<ChatPostResult> {
  /** Slack's id of a channel (`C…`, `G…`, `D…`) or of a person (`U…`, `W…`). */
  @IsString()
  @MaxLength(40)
  to: string;

  /** What is said; with blocks, also what a notification shows. */
  @IsString()
  @MinLength(1)
  @MaxLength(3_000)
  text: string;

  @IsOptional()
  @IsArray()
  blocks?: readonly ChatBlock[];

  /** The `messageId` to which it is a reply. */
  @IsOptional()
  @IsString()
  @MaxLength(40)
  threadOf?: string;

  /** What makes it one message: `escalation:ticket-17:2`. */
  @IsString()
  @MinLength(1)
  @MaxLength(200)
  key: string;
}

/** A message is in the chat. */
@Event('outbound.chat-posted.v1')
export class ChatPosted {
  @IsString()
  @MaxLength(40)
  to: string;

  @IsString()
  @MaxLength(40)
  channel: string;

  @IsString()
  @MaxLength(40)
  messageId: string;

  @IsOptional()
  @IsString()
  @MaxLength(40)
  threadOf?: string;

  @IsString()
  @MaxLength(200)
  key: string;

  constructor(init: ChatPosted) {
    Object.assign(this, init);
  }
}
