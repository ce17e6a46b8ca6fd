import { describe, expect, it } from 'vitest';
import type { Update } from '../../../src/modules/intake/channels/channel.js';
import { ZendeskChannel } from '../../../src/modules/intake/channels/zendesk.channel.js';
import { inboundRequest } from '../requests.js';
import { readsAnything, samplesOf } from '../samples.js';

const channel = new ZendeskChannel();

const event = (more: object = {}): Record<string, unknown> => ({
  type: 'zen:event-type:ticket.status_changed',
  account_id: 21,
  id: 'event-1',
  time: '2026-11-20T11:59:58.672717030Z',
  zendesk_event_version: '2022-11-06',
  subject: 'zen:ticket:31',
  detail: { id: '31', status: 'SOLVED', priority: 'HIGH', actor_id: '41', description: 'Where is it?' },
  event: { current: 'SOLVED', previous: 'OPEN', meta: { sequence: { id: 's', position: 1 } } },
  ...more,
});
const signedAt = '2026-11-20T11:59:59Z';
const headers = {
  'content-type': 'application/json; charset=utf-8',
  'x-zendesk-account-id': '22',
  'x-zendesk-webhook-invocation-id': 'invocation-1',
  'x-zendesk-webhook-signature-timestamp': signedAt,
};
const updateOf = (body: unknown, more: Record<string, string | undefined> = {}): Update | undefined => {
  const [update] = channel.read(inboundRequest(body, { headers: { ...headers, ...more } }));
  return update;
};

describe('what an event tells', () => {
  it('is what changed of which ticket, when and by whom', () => {
    expect(updateOf(event())).toEqual({
      key: 'event:event-1',
      order: { key: '21:31:status_changed', at: Date.parse('2026-11-20T11:59:58.672Z') },
      also: [{ key: 'ticket:31', at: Date.parse('2026-11-20T11:59:58.672Z') }],
      event: {
        ...{ subject: 'ticket:31', partitionKey: 'ticket:31', dataSubjects: [] },
        message: expect.objectContaining({
          ...{ provider: 'zendesk', account: '21', ticketId: '31', change: 'status' },
          ...{ at: '2026-11-20T11:59:58.672Z', status: 'solved', priority: 'high', changedBy: '41' },
        }) as object,
      },
    });
  });

  it('notes the time of the ticket’s last change, by which the poll knows it', () => {
    const detail = { id: '31', updated_at: '2026-11-20T11:59:57Z' };
    expect(updateOf(event({ detail }))?.also).toEqual([
      { key: 'ticket:31', at: Date.parse('2026-11-20T11:59:57Z') },
    ]);
  });

  it('is what the poll found, of which only what is later than all that was pushed counts', () => {
    const ticket = { id: '31', status: 'open', updated_at: '2026-11-20T11:59:57Z' };
    const type = 'signalbox:ticket-polled';
    const polled = { type, account: 'example', change: 'created', ticket };
    const update = updateOf(polled);
    expect(update).toMatchObject({
      key: 'poll:31:2026-11-20T11:59:57.000Z',
      order: { key: 'ticket:31', at: Date.parse('2026-11-20T11:59:57Z') },
    });
    expect(update?.event?.message).toMatchObject({ account: 'example', change: 'created', status: 'open' });
    for (const broken of [{ ...ticket, id: 'x' }, { ...ticket, updated_at: 'now' }, undefined]) {
      expect(() => updateOf({ ...polled, ticket: broken })).toThrow('no id or no time');
    }
  });

  it.each([
    ['created', 'created'],
    ['priority_changed', 'priority'],
    ['custom_status_changed', 'status'],
    ['comment_added', 'comment'],
    ['attachment_linked_to_comment', 'comment'],
    ['agent_assignment_changed', 'assignee'],
    ['group_assignment_changed', 'group'],
    ['soft_deleted', 'deleted'],
    ['brand_changed', 'other'],
    ['something_new', 'other'],
    ['constructor', 'other'],
  ])('by ticket.%s is the change %s', (kind, change) => {
    expect(updateOf(event({ type: `zen:event-type:ticket.${kind}` }))?.event?.message).toMatchObject({
      change,
    });
  });

  it('names the ticket by its subject, the account by the header and the person by the event, where it must', () => {
    const detail = { status: null, priority: '' };
    const meta = { actor_id: 43 };
    const update = updateOf(event({ detail, account_id: undefined, event: { meta } }));
    expect(update?.event?.message).toMatchObject({ ticketId: '31', account: '22', changedBy: '43' });
    expect(update?.event?.message).not.toMatchObject({ status: expect.anything() as unknown });
  });

  it('has a status of bounded length in lower case, also of letters that grow by it', () => {
    const detail = { id: '31', status: '\u0130'.repeat(60) };
    const status = '\u0130'.toLowerCase().repeat(25);
    expect(updateOf(event({ detail }))?.event?.message).toMatchObject({ status });
  });

  it('is known again by its id alone', () => {
    const again = updateOf(event({ time: '2026-11-20T12:00:09Z' }), {
      'x-zendesk-webhook-invocation-id': 'other',
    });
    expect(again?.key).toBe(updateOf(event())?.key);
    expect(updateOf(event({ id: 'event-2' }))?.key).not.toBe(again?.key);
  });

  it.each([
    'zen:event-type:user.created',
    'zen:event-type:messaging_ticket.message_added',
    'zen:event-type:',
  ])('as %s is kept and ignored', (type) => {
    expect(updateOf(event({ type, detail: {}, subject: 'zen:user:1' }))).toEqual({
      key: 'event:event-1',
      ignored: `Events of type ${type} are not used.`,
    });
  });

  it.each([
    ['no id', event({ id: '' })],
    ['no ticket', event({ detail: { id: 'x' }, subject: 'zen:user:31' })],
    ['no time', event({ time: 'now' })],
  ])('with %s cannot be read', (_what, body) => {
    expect(() => updateOf(body)).toThrow(expect.objectContaining({ code: 'INTAKE.PAYLOAD_REFUSED' }));
  });

  it('whatever it is, is read or refused', () => readsAnything(channel, JSON.stringify(event())));
});

describe('what a trigger tells', () => {
  const trigger = { event: 'sla_warning', ticket_id: '32', status: 'Open', priority: 'High', id: 33 };

  it('is its ticket, by the account of the header, at the time of the signature', () => {
    expect(updateOf(trigger)).toEqual({
      key: 'invocation:invocation-1',
      event: {
        ...{ subject: 'ticket:32', partitionKey: 'ticket:32', dataSubjects: [] },
        message: expect.objectContaining({
          ...{ provider: 'zendesk', account: '22', ticketId: '32', change: 'trigger' },
          ...{ at: '2026-11-20T11:59:59.000Z', status: 'open', priority: 'high' },
        }) as object,
      },
    });
  });

  it.each([
    ['a number', { ticket_id: 34 }, '34'],
    ['an object', { ticket: { id: 35 }, id: 1 }, '35'],
    ['an id', { id: '36' }, '36'],
    ['text with a quote', '{"subject": "The "best" one", "id": "1", "ticket_id": "37"}', '37'],
    ['text with a line break', '{"id": 38, "subject": "a\nb"}', '38'],
    ['text that was cut', '{"ticket_id" : 39, "descr', '39'],
    ['text in another encoding', Buffer.from('{"ticket_id":"40","s":"\xff"}', 'latin1'), '40'],
    ['text that is too deep', `{"ticket_id":"41","x":${'['.repeat(99)}${']'.repeat(99)}}`, '41'],
  ])('by %s is found', (_what, body, ticketId) => {
    expect(updateOf(body)?.event?.message).toMatchObject({ ticketId, change: 'trigger' });
  });

  it.each([
    ['nothing', ''],
    ['an empty object', {}],
    ['a list', [trigger]],
    ['an id of another kind', { ticket_id: 'abc', user: { id: 5 } }],
    ['broken text without a ticket', '{"name": "a"b"}'],
    ['broken text with too long a number', `{"ticket_id": "${'1'.repeat(21)}"`],
    ['broken text with the ticket far behind', `{"a": "${'x'.repeat(70_000)}"", "ticket_id": 1}`],
  ])('by %s is not, and the message has nothing of it', (_what, body) => {
    expect(() => updateOf(body)).toThrow('The body names no ticket: it needs a "ticket_id".');
  });

  it('is known again by its invocation; without one by its text and time', () => {
    const keyOf = (more: Record<string, string | undefined>) => updateOf(trigger, more)?.key;
    const none = { 'x-zendesk-webhook-invocation-id': undefined };
    expect(keyOf({ 'x-zendesk-webhook-invocation-id': 'invocation-2' })).toBe('invocation:invocation-2');
    expect(keyOf(none)).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(keyOf(none)).toBe(keyOf({ 'x-zendesk-webhook-invocation-id': 'x'.repeat(100) }));
    const later = { ...none, 'x-zendesk-webhook-signature-timestamp': '2026-11-20T12:00:00Z' };
    expect(keyOf(later)).not.toBe(keyOf(none));
  });

  it('without an account is of an unknown one', () => {
    expect(updateOf(trigger, { 'x-zendesk-account-id': undefined })?.event?.message).toMatchObject({
      account: 'unknown',
    });
  });

  it('whatever it is, is read or refused', () => readsAnything(channel, JSON.stringify(trigger)));
});

describe.skipIf(samplesOf('zendesk').length === 0)('the samples (skipped without ../shared)', () => {
  it.each(samplesOf('zendesk'))('$name is about its ticket', ({ name, body }) => {
    const message = updateOf(body)?.event?.message;
    const [, change] = /^webhook\.(?:ticket\.)?([a-z]+)/.exec(name) ?? [];
    expect(message).toMatchObject({
      ticketId: '35436',
      account: change === 'trigger' ? '22' : '12514403',
      change,
    });
  });
});
