import { IsIn, IsString } from 'class-validator';
import { PostChat } from '../../src/modules/outbound/contracts.js';
import { flow } from '../../src/shared/flow/define-flow.js';
import { Event } from '../../src/shared/kernel/message.js';

/** Something is to be said in the chat. */
@Event('sample.news-made.v1')
export class NewsMade {
  @IsString()
  key: string;

  @IsString()
  to: string;

  @IsString()
  text: string;

  @IsIn(['once', 'thread'])
  how: 'once' | 'thread';

  constructor(init: NewsMade) {
    Object.assign(this, init);
  }
}

/** Says it, and where a thread is wanted, answers itself there. */
export const announce = flow('announce', { version: 1 })
  .startedBy(
    NewsMade,
    ({ key }) => key,
    ({ key, to, text, how }) => ({ key, to, text, how, threadOf: '' }),
  )
  .steps(['say', 'add'], ({ send, go, end }) => ({
    say: send(
      PostChat,
      ({ state: { to, text, key } }) => ({ to, text, key, blocks: [{ title: 'News', lines: [text] }] }),
      ({ messageId }, { state }) => (state.how === 'thread' ? go('add', { threadOf: messageId }) : end()),
    ),
    add: send(
      PostChat,
      ({ state: { to, key, threadOf } }) => ({ to, text: 'More of it', key: `${key}:more`, threadOf }),
      end(),
    ),
  }));
