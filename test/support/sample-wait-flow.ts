import { CommandHandler } from '@nestjs/cqrs';
import { IsBoolean, IsInt, IsString } from 'class-validator';
import { flow } from '../../src/shared/flow/define-flow.js';
import { Command, CommandType, Event } from '../../src/shared/kernel/message.js';
import { UseCase, type HandlerOutcome } from '../../src/shared/messaging/handler.js';

/** A third small business: books are lent, asked back again and again, and given up by a person. */
@Event('sample.book-lent.v1')
export class BookLent {
  @IsString()
  book: string;

  @IsString()
  reader: string;

  @IsInt()
  days: number;

  constructor(init: BookLent) {
    Object.assign(this, init);
  }
}

@Event('sample.book-returned.v1')
export class BookReturned {
  @IsString()
  book: string;

  constructor(init: BookReturned) {
    Object.assign(this, init);
  }
}

@Event('sample.loan-renewed.v1')
export class LoanRenewed {
  @IsString()
  book: string;

  @IsInt()
  days: number;

  constructor(init: LoanRenewed) {
    Object.assign(this, init);
  }
}

/** The reader wrote; only their own words concern the loan. */
@Event('sample.reader-wrote.v1')
export class ReaderWrote {
  @IsString()
  reader: string;

  @IsBoolean()
  promises: boolean;

  constructor(init: ReaderWrote) {
    Object.assign(this, init);
  }
}

@CommandType<AskBack>('sample.ask-back.v1', {
  effect: { connector: 'post', class: 'lookup', target: ({ book }) => book },
  undo: {
    by: () => Apologise,
    data: ({ book }, { letter }) => (book.startsWith('ours') ? undefined : { letter }),
  },
})
export class AskBack extends Command<{ letter: string }> {
  @IsString()
  book: string;

  @IsInt()
  nth: number;
}

@CommandType<Apologise>('sample.apologise.v1', {
  effect: { connector: 'post', class: 'lookup', target: ({ letter }) => letter },
})
export class Apologise extends Command<object> {
  @IsString()
  letter: string;
}

export const post = {
  letters: [] as string[],
  apologies: [] as string[],
  refuses: undefined as Error | undefined,
  beforeSend: async (_book: string): Promise<void> => undefined,
  reset(): void {
    this.letters.length = 0;
    this.apologies.length = 0;
    this.refuses = undefined;
    this.beforeSend = async () => undefined;
  },
};

@CommandHandler(AskBack)
export class AskBackHandler extends UseCase<AskBack> {
  async run(
    { book, nth }: AskBack,
    { effect }: Parameters<UseCase<AskBack>['run']>[1],
  ): Promise<HandlerOutcome<{ letter: string }>> {
    const letter = `${book}#${nth}`;
    const result = await effect.perform({
      look: async () => post.letters.includes(letter),
      already: (sent) => (sent ? { letter } : undefined),
      describe: () => 'send a letter',
      send: async () => {
        await post.beforeSend(book);
        post.letters.push(letter);
        return { letter };
      },
      pretend: () => ({ letter }),
      providerId: () => letter,
    });
    return { result };
  }
}

@CommandHandler(Apologise)
export class ApologiseHandler extends UseCase<Apologise> {
  async run(
    { letter }: Apologise,
    { effect }: Parameters<UseCase<Apologise>['run']>[1],
  ): Promise<HandlerOutcome<object>> {
    const result = await effect.perform({
      look: async () => post.apologies.includes(letter),
      already: (sent) => (sent ? {} : undefined),
      describe: () => 'apologise',
      send: async () => {
        if (post.refuses) throw post.refuses;
        post.apologies.push(letter);
        return {};
      },
      pretend: () => ({}),
      providerId: () => letter,
    });
    return { result };
  }
}

const day = 86_400_000;

export const lending = flow('lending', { version: 1 })
  .startedBy(
    BookLent,
    (e) => e.book,
    ({ book, reader, days }) => ({ book, reader, days, nth: 0 }),
  )
  .alsoKnownAs(({ reader }) => [reader])
  .steps(['out', 'ask-back', 'promised', 'give-up'], ({ send, wait, ask, on, go, end }) => ({
    out: wait({
      until: ({ state, now }) => new Date(now.getTime() + state.days * day),
      due: go('ask-back'),
      on: [
        on(
          LoanRenewed,
          (e) => e.book,
          (e) => go('out', { days: e.days }),
        ),
        on(
          ReaderWrote,
          (e) => e.reader,
          (e) => (e.promises ? go('promised') : undefined),
          ({ state }) => state.reader,
        ),
      ],
    }),
    'ask-back': send(
      AskBack,
      ({ state }) => ({ ...state, nth: state.nth + 1 }),
      (_, { state }) => (state.nth < 1 ? go('out', { nth: state.nth + 1, days: 7 }) : go('give-up')),
    ),
    promised: wait({ on: [on(LoanRenewed, (e) => e.book, go('out'))] }),
    'give-up': ask({
      what: ({ state }) => `Is ${state.book} lost?`,
      proposal: ({ state }) => ({ price: 20, book: state.book }),
      role: 'approver',
      within: 'P14D',
      approved: ({ price }) => go('out', { days: price, nth: 0 }),
      denied: end('cancelled'),
      expired: end('failed'),
    }),
    anywhere: [on(BookReturned, (e) => e.book, end())],
  }));

export const lendingHandlers = [AskBackHandler, ApologiseHandler];

export function lent(book: string, reader = `reader of ${book}`, days = 14) {
  return { message: new BookLent({ book, reader, days }), subject: `book:${book}` };
}

export function returned(book: string) {
  return { message: new BookReturned({ book }), subject: `book:${book}` };
}

export function renewed(book: string, days: number) {
  return { message: new LoanRenewed({ book, days }), subject: `book:${book}` };
}

export function wrote(reader: string, promises: boolean) {
  return { message: new ReaderWrote({ reader, promises }), subject: `reader:${reader}` };
}
