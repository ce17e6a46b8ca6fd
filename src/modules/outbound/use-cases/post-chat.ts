import { CommandHandler } from '@nestjs/cqrs';
import { UseCase, type HandlerContext, type HandlerOutcome } from '../../../shared/messaging/handler.js';
import { Chat, type ChatPost } from '../connectors/chat.js';
import { ChatPosted, PostChat, type ChatPostResult } from '../contracts.js';

const notPosted = 'not-posted';

/** Posts a message to a team's chat: looks whether it is there, and posts it if not. */
@CommandHandler(PostChat)
export class PostChatHandler extends UseCase<PostChat> {
  constructor(private readonly chat: Chat) {
    super();
  }

  async run(command: PostChat, context: HandlerContext): Promise<HandlerOutcome<ChatPostResult>> {
    const { to, text, blocks = [], threadOf, key } = command;
    const { effect, signal } = context;
    const { reference, plannedAt } = effect;
    const post: ChatPost = { to, text, blocks, threadOf, reference, plannedAt };

    const result = await effect.perform<ChatPostResult | undefined, ChatPostResult>({
      look: () => this.chat.find(post, signal),
      already: (found) => found,
      describe: (found) =>
        found ? `message ${found.messageId} in the chat` : `post a message to ${placeOf(to)}`,
      send: () => this.chat.post(post, signal),
      pretend: (found) => found ?? { channel: to, messageId: notPosted },
      providerId: ({ messageId }) => messageId,
    });

    const { channel, messageId } = result;
    const posted = new ChatPosted({
      to,
      channel,
      messageId,
      key,
      ...(threadOf !== undefined && { threadOf }),
    });
    return { result, events: [{ message: posted, subject: `chat-message:${channel}-${messageId}` }] };
  }
}

/** For people to read, without naming one. */
function placeOf(to: string): string {
  return /^[UWD]/.test(to) ? 'a person' : to;
}
