import type { Fault } from '../../core/faults.ts';

const LONGER_THAN_ANY_CALLER_WAITS = 120_000;

const reply = (status: number, body: string) => (): Fault => ({ status, body });
const refuses = (status: number, code: number, message: string) => (): Fault => ({
  status,
  body: { ErrorCode: code, Message: message },
});

/**
 * Faults with a name. Those that begin with `smtp-` are for rules that match the method `SMTP` and a path: `/connect`,
 * `/auth`, `/mail`, `/rcpt` or `/data`. `reset-before` at `/data` cuts while the mail is on its way and keeps nothing;
 * `reset-after` cuts once it is kept, before the answer.
 */
export const mailFaultKinds: Record<string, () => Fault> = {
  'smtp-421': reply(421, '4.3.2 Service not available, closing the connection'),
  'smtp-450-greylisted': reply(450, '4.2.0 Greylisted, try again in five minutes'),
  'smtp-451': reply(451, '4.3.0 Local error in processing'),
  'smtp-535': reply(535, '5.7.8 Authentication credentials invalid'),
  'smtp-550-unknown': reply(550, '5.1.1 The mailbox does not exist'),
  'smtp-550-policy': reply(550, '5.7.1 Refused by policy'),
  'smtp-552-full': reply(552, '5.2.2 The mailbox is full'),
  'smtp-554': reply(554, '5.6.0 The message is refused'),
  'reset-before': () => ({ reset: 'before' }),
  'reset-after': () => ({ reset: 'after' }),
  timeout: () => ({ holdMs: LONGER_THAN_ANY_CALLER_WAITS }),
  'postmark-400': refuses(422, 400, 'The From address is not a Sender Signature on your account.'),
  'postmark-422': refuses(422, 300, 'Invalid email request.'),
  'postmark-401': refuses(401, 10, 'The Server Token you provided was not valid.'),
  'postmark-405': refuses(422, 405, 'The account has used up its mails.'),
  'postmark-412': refuses(422, 412, 'The account is pending approval: recipients must be of its own domain.'),
  'postmark-429': () => ({ status: 429, body: { ErrorCode: 429, Message: 'Rate limit exceeded.' } }),
  'postmark-500': refuses(500, 500, 'Internal server error.'),
  'postmark-503': () => ({ status: 503, html: true }),
};
