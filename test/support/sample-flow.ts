import { CommandHandler } from '@nestjs/cqrs';
import { IsInt, IsString } from 'class-validator';
import { flow } from '../../src/shared/flow/define-flow.js';
import { Command, CommandType, Event } from '../../src/shared/kernel/message.js';
import { UseCase, type HandlerContext, type HandlerOutcome } from '../../src/shared/messaging/handler.js';

/** A small business of its own, for tests of the spine: orders are weighed, then shipped. */
@Event('sample.order-placed.v1')
export class OrderPlaced {
  @IsString()
  order: string;

  @IsString()
  customer: string;

  @IsInt()
  place: number;

  constructor(init: OrderPlaced) {
    Object.assign(this, init);
  }
}

@Event('sample.order-shipped.v1')
export class OrderShipped {
  @IsString()
  order: string;

  constructor(init: OrderShipped) {
    Object.assign(this, init);
  }
}

@CommandType<WeighOrder>('sample.weigh-order.v1')
export class WeighOrder extends Command<{ weight: number }> {
  @IsString()
  order: string;
}

@CommandType<ShipOrder>('sample.ship-order.v1', {
  effect: { connector: 'carrier', class: 'lookup', target: ({ order }) => order },
  orderedBy: ({ customer }) => customer,
  maxAttempts: 3,
})
export class ShipOrder extends Command<{ parcel: string }> {
  @IsString()
  order: string;

  @IsString()
  customer: string;

  @IsInt()
  place: number;

  @IsInt()
  weight: number;
}

/** What the outside world would be: holds parcels, and does as it is told when it is asked. */
export const carrier = {
  parcels: new Map<string, string>(),
  sends: [] as string[],
  /** Called before a parcel is taken; may throw, wait, or change the world. */
  beforeSend: async (_order: string): Promise<void> => undefined,
  weigh: async (_order: string): Promise<void> => undefined,
  /** What the event about a shipped order says it is about. */
  subject: (order: string): string => `order:${order}`,
  reset(): void {
    this.parcels.clear();
    this.sends.length = 0;
    this.beforeSend = async () => undefined;
    this.weigh = async () => undefined;
    this.subject = (order) => `order:${order}`;
  },
};

@CommandHandler(WeighOrder)
export class WeighOrderHandler extends UseCase<WeighOrder> {
  async run({ order }: WeighOrder): Promise<HandlerOutcome<{ weight: number }>> {
    await carrier.weigh(order);
    return { result: { weight: order.length } };
  }
}

@CommandHandler(ShipOrder)
export class ShipOrderHandler extends UseCase<ShipOrder> {
  async run({ order }: ShipOrder, { effect }: HandlerContext): Promise<HandlerOutcome<{ parcel: string }>> {
    const result = await effect.perform({
      look: async () => carrier.parcels.get(order),
      already: (parcel) => (parcel ? { parcel } : undefined),
      describe: () => 'ship a parcel',
      send: async () => {
        await carrier.beforeSend(order);
        carrier.sends.push(order);
        const parcel = `parcel-${order}`;
        carrier.parcels.set(order, parcel);
        return { parcel };
      },
      pretend: () => ({ parcel: 'none' }),
      providerId: ({ parcel }) => parcel,
    });
    return { result, events: [{ message: new OrderShipped({ order }), subject: carrier.subject(order) }] };
  }
}

export const shipping = flow('shipping', { version: 1 })
  .startedBy(
    OrderPlaced,
    ({ order }) => order,
    ({ order, customer, place }) => ({ order, customer, place, weight: 0 }),
  )
  .steps(['weigh', 'ship'], ({ send, go, end }) => ({
    weigh: send(
      WeighOrder,
      ({ state }) => state,
      ({ weight }) => go('ship', { weight }),
    ),
    ship: send(ShipOrder, ({ state }) => state, end()),
  }));

export const sampleHandlers = [WeighOrderHandler, ShipOrderHandler];

export function order(name: string, customer = name, place = 0): { message: OrderPlaced; subject: string } {
  return { message: new OrderPlaced({ order: name, customer, place }), subject: `order:${name}` };
}
