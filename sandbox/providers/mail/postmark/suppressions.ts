import type { FastifyInstance } from 'fastify';
import { asArray, asObject, asString } from '../../../core/json.ts';
import type { MailWorld } from '../mailbox.ts';
import { answer, timeText, unprocessable } from './answers.ts';

const MOST = 50;

/** The suppressions API of a stream: https://postmarkapp.com/developer/api/suppressions-api */
export function suppressionRoutes(app: FastifyInstance, world: MailWorld): void {
  const { mailbox, commit } = world;
  const base = '/message-streams/:stream/suppressions';

  app.get(`${base}/dump`, (request, reply) => {
    const { EmailAddress, SuppressionReason } = asObject(request.query);
    const found = [...mailbox.inactive].filter(
      ([email, { reason }]) =>
        (EmailAddress === undefined || asString(EmailAddress)?.toLowerCase() === email) &&
        (SuppressionReason === undefined || SuppressionReason === reason),
    );
    const Suppressions = found.map(([email, { reason, at }]) => ({
      ...{ EmailAddress: email, SuppressionReason: reason, CreatedAt: timeText(at) },
      Origin: reason === 'ManualSuppression' ? 'Customer' : 'Recipient',
    }));
    return answer(reply, 200, { Suppressions });
  });

  app.post(base, (request, reply) => {
    const Suppressions = emailsIn(request.body).map((email) => {
      commit({ type: 'address-suppressed', email, reason: 'ManualSuppression', at: Date.now() });
      return { EmailAddress: email, Status: 'Suppressed', Message: null };
    });
    return answer(reply, 200, { Suppressions });
  });

  // A complaint can only be taken back by Postmark's support.
  app.post(`${base}/delete`, (request, reply) => {
    const Suppressions = emailsIn(request.body).map((email) => {
      if (mailbox.inactive.get(email)?.reason === 'SpamComplaint') {
        const Message = 'You do not have the required authority to change this suppression.';
        return { EmailAddress: email, Status: 'Failed', Message };
      }
      commit({ type: 'address-activated', email });
      return { EmailAddress: email, Status: 'Deleted', Message: null };
    });
    return answer(reply, 200, { Suppressions });
  });
}

function emailsIn(body: unknown): string[] {
  const list = asArray(asObject(body)['Suppressions']);
  if (list.length === 0 || list.length > MOST)
    throw unprocessable(300, `Suppressions: 1 to ${MOST} of them.`);
  return list.map((one) => (asString(asObject(one)['EmailAddress']) ?? '').toLowerCase());
}
