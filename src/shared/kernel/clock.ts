/** Where code gets the time from. Leases use the database's clock instead. */
export abstract class Clock {
  abstract now(): Date;

  /** How far this clock is from the world's, in milliseconds: what is compared with the database's clock is moved by it. */
  get shiftMs(): number {
    return 0;
  }
}

export class SystemClock extends Clock {
  now(): Date {
    return new Date();
  }
}

/** A clock that a test moves. */
export class ManualClock extends Clock {
  constructor(private current: Date) {
    super();
  }

  now(): Date {
    return this.current;
  }

  advance(ms: number): void {
    this.current = new Date(this.current.getTime() + ms);
  }
}

/** The world's clock, moved: weeks pass in a moment. */
export class ShiftedClock extends Clock {
  private shift = 0;

  now(): Date {
    return new Date(Date.now() + this.shift);
  }

  override get shiftMs(): number {
    return this.shift;
  }

  advance(ms: number): void {
    this.shift += ms;
  }
}
