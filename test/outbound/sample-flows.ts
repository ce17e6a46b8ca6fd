import { IsBoolean, IsIn, IsString } from 'class-validator';
import { ExternalEventReceived } from '../../src/modules/intake/contracts.js';
import { CallEndpoint, PostChat } from '../../src/modules/outbound/contracts.js';
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

/** Another system is to do something with an order. */
@Event('sample.order-asked.v1')
export class OrderAsked {
  @IsString()
  order: string;

  @IsString()
  endpoint: string;

  /** Whether it tells later what it has decided. */
  @IsBoolean()
  answersLater: boolean;

  constructor(init: OrderAsked) {
    Object.assign(this, init);
  }
}

const days = 86_400_000;

/** Asks it, and where it answers later, waits for the event by which it does: one of its own, about this call. */
export const ordering = flow('ordering', { version: 1 })
  .startedBy(
    OrderAsked,
    ({ order }) => order,
    (asked) => ({ ...asked, reference: '', number: 0 }),
  )
  .steps(['call', 'decided'], ({ send, wait, on, go, end }) => ({
    call: send(
      CallEndpoint,
      ({ state: { endpoint, order } }) => ({ endpoint, data: { order } }),
      ({ reference, body }, { state }) =>
        state.answersLater ? go('decided', { reference, number: Number(body) }) : end(),
    ),
    decided: wait({
      until: ({ now }) => new Date(now.getTime() + 7 * days),
      due: end('failed'),
      on: [
        on(
          ExternalEventReceived,
          ({ subject }) => subject ?? '',
          ({ origin, data }) => {
            if (origin !== '/orders') return undefined;
            return (data.value as { approved?: unknown }).approved === true ? end() : end('cancelled');
          },
          ({ state }) => state.reference,
        ),
      ],
    }),
  }));
