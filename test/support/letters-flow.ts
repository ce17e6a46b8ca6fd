import { IsObject, IsString } from 'class-validator';
import { SendMail, type SendMailResult } from '../../src/modules/outbound/contracts.js';
import { flow } from '../../src/shared/flow/define-flow.js';
import { Event } from '../../src/shared/kernel/message.js';

/** A small business of its own, for tests of mail: whoever wants a letter gets one. */
@Event('sample.letter-wanted.v1')
export class LetterWanted {
  @IsString()
  letter: string;

  @IsObject()
  mail: Partial<SendMail>;

  constructor(init: LetterWanted) {
    Object.assign(this, init);
  }
}

/** What the steps answered, by letter. */
export const answered = new Map<string, SendMailResult>();

export const letters = flow('letters', { version: 1 })
  .startedBy(
    LetterWanted,
    ({ letter }) => letter,
    ({ letter, mail }) => ({ letter, mail }),
  )
  .steps(['mail'], ({ send, end }) => ({
    mail: send(
      SendMail,
      ({ state }) => state.mail as SendMail,
      (result, { state }) => {
        answered.set(state.letter, result);
        return end();
      },
    ),
  }));

export function letter(name: string, mail: Partial<SendMail>): { message: LetterWanted; subject: string } {
  return { message: new LetterWanted({ letter: name, mail }), subject: `letter:${name}` };
}
