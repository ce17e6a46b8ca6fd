import { describe, expect, it } from 'vitest';
import { StripeChannel } from '../../../src/modules/intake/channels/stripe.channel.js';
import { inboundRequest } from '../requests.js';
import { verifiesVectors } from '../vectors.js';

const channel = new StripeChannel();

verifiesVectors({ provider: 'stripe', schemes: ['stripe'], channel });

const event = (more: object): object => ({
  id: 'evt_1',
  object: 'event',
  created: 1_795_000_000,
  type: 'invoice.paid',
  data: { object: { id: 'in_1', customer: 'cus_1' } },
  ...more,
});

describe('what Stripe tells', () => {
  it('of an invoice is that it changed, and how', () => {
    const [update] = channel.read(inboundRequest(event({})));
    expect(update).toMatchObject({
      key: 'evt_1',
      event: {
        subject: 'invoice:in_1',
        message: {
          provider: 'stripe',
          account: 'self',
          invoiceId: 'in_1',
          customerId: 'cus_1',
          hint: 'paid',
        },
      },
    });
  });

  it('of a connected account, with its customer expanded, is told of that account', () => {
    const data = { object: { id: 'in_1', customer: { id: 'cus_2', object: 'customer' } } };
    const [update] = channel.read(inboundRequest(event({ account: 'acct_9', data })));
    expect(update?.event?.message).toMatchObject({ account: 'acct_9', customerId: 'cus_2' });
  });

  it.each([
    ['something else', event({ type: 'customer.created' })],
    ['a thin event', { id: 'evt_2', object: 'v2.core.event', type: 'v2.core.account.updated' }],
    ['an upcoming invoice, which has no id', event({ type: 'invoice.upcoming', data: { object: {} } })],
  ])('of %s is kept and ignored', (_what, body) => {
    expect(channel.read(inboundRequest(body))).toMatchObject([{ ignored: expect.any(String) as string }]);
  });

  it.each([
    ['no object', []],
    ['no id', event({ id: undefined })],
    ['no time', event({ created: 'now' })],
  ])('with %s cannot be read', (_what, body) => {
    expect(() => channel.read(inboundRequest(body))).toThrow(expect.objectContaining({ kind: 'invalid' }));
  });
});
