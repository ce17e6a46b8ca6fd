import { Injectable } from '@nestjs/common';

/**
 * Says that a lane has work: to the relay of this process at once, and to whoever carries it to other processes.
 * A signal may be lost; the poll finds what it told of.
 */
@Injectable()
export class Wakeups {
  private readonly listeners: Array<(lane: string) => void> = [];

  onSignal(listener: (lane: string) => void): void {
    this.listeners.push(listener);
  }

  signal(lanes: Iterable<string>): void {
    for (const lane of lanes) for (const listener of this.listeners) listener(lane);
  }
}
