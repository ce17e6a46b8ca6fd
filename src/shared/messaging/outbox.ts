import { Injectable } from '@nestjs/common';
import type { Tx } from '../database/tx.js';
import type { MessageRow } from './message-row.js';

const columns = `
  id uuid, kind text, aggregatetype text, aggregateid text, type text, payload text, key_id uuid, source text,
  time timestamptz, correlationid uuid, causationid uuid, partitionkey text, traceparent text,
  delivery_id uuid, handler text, lane text, capability text, flow text, run_id uuid, step text, visit integer,
  order_key text, hold boolean, max_attempts integer, not_before timestamptz`;

const delivery = `message_id, type, handler, lane, capability, flow, run_id, step, visit, order_key, hold, max_attempts`;

/**
 * Messages, and what is to be done about each: a command's one delivery (a timer where it must wait), an event's
 * delivery to each subscriber that is active in PostgreSQL at this moment. A delivery's id follows from the event and
 * the subscriber, so the same event cannot be delivered twice to one. Transactions that append for the same order key
 * do so one after the other, each to its commit: otherwise the later place in the order could be visible first, and be
 * worked on before the earlier one. It is the last that a transaction locks.
 */
const append = `
  with input as materialized (select * from json_to_recordset($1::json) as m(${columns})),
  stored as (
    insert into messaging.messages (id, kind, aggregatetype, aggregateid, type, payload, key_id, source, time,
      correlationid, causationid, partitionkey, traceparent)
    select id, kind, aggregatetype, aggregateid, type, decode(payload, 'base64'), key_id, source, time,
      correlationid, causationid, partitionkey, traceparent
    from input order by id),
  locked as materialized (
    select pg_advisory_xact_lock(h) from (
      select distinct hashtextextended(order_key, 1) as h from input
      where order_key is not null and not_before is null order by 1 offset 0) k),
  direct as (
    insert into messaging.deliveries (id, ${delivery})
    select delivery_id, id, type, handler, lane, capability, flow, run_id, step, visit, decode(order_key, 'base64'),
      hold, max_attempts
    from input where delivery_id is not null and not_before is null and (select count(*) from locked) >= 0 order by id
    returning lane),
  later as (
    insert into messaging.timers (id, due_at, ${delivery})
    select delivery_id, not_before, id, type, handler, lane, capability, flow, run_id, step, visit,
      decode(order_key, 'base64'), hold, max_attempts
    from input where not_before is not null order by id),
  routed as (
    insert into messaging.deliveries (id, ${delivery})
    select md5(i.id::text || s.subscriber)::uuid, i.id, i.type, s.handler, s.lane, s.capability, s.flow, null, '', 0,
      null, false, 14
    from input i join messaging.subscriptions s on s.event_type = i.type and s.active
    where i.kind = 'event' order by i.id, s.subscriber
    returning lane)
  select lane from direct union select lane from routed`;

/** Writes what belongs to messages into tables of its own, in their transaction: one statement, or none. */
export interface OutboxRider {
  ride(tx: Tx, messages: readonly MessageRow[]): Promise<void>;
}

/** The outbox: messages and their deliveries, written in the transaction of what they follow from. */
@Injectable()
export class Outbox {
  private readonly riders: OutboxRider[] = [];

  addRider(rider: OutboxRider): void {
    this.riders.push(rider);
  }

  /** Appends messages with one statement. Gives the lanes that now have work. */
  async append(tx: Tx, messages: readonly MessageRow[]): Promise<string[]> {
    if (messages.length === 0) return [];
    const rows = messages.map(({ target, effect: _planned, ...message }) => ({
      ...message,
      ...(target && targetColumns(target)),
    }));
    const [lanes] = await Promise.all([
      tx.query<{ lane: string }>(append, [JSON.stringify(rows)]),
      ...this.riders.map((rider) => rider.ride(tx, messages)),
    ]);
    return lanes.map(({ lane }) => lane);
  }
}

function targetColumns(target: NonNullable<MessageRow['target']>): Record<string, unknown> {
  return {
    delivery_id: target.id,
    handler: target.handler,
    lane: target.lane,
    capability: target.capability,
    flow: target.flow,
    run_id: target.runId,
    step: target.step,
    visit: target.visit,
    order_key: target.orderKey,
    hold: target.hold,
    max_attempts: target.maxAttempts,
    not_before: target.notBefore?.toISOString() ?? null,
  };
}
