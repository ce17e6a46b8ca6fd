import { Injectable } from '@nestjs/common';
import { allMessages } from '../kernel/message.js';
import { laneOf } from './lanes.js';

/** Lanes in which some command asks for order: only they pay for the leases of keys. */
@Injectable()
export class OrderedLanes {
  lanes(): ReadonlySet<string> {
    return new Set(
      allMessages()
        .filter(({ options }) => options.orderedBy)
        .map(({ type }) => laneOf(type)),
    );
  }
}
