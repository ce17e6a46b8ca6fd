import { Injectable } from '@nestjs/common';

/** A clock for durations, which nobody sets back. Tests put one of their own in its place. */
@Injectable()
export class Monotonic {
  ms(): number {
    return performance.now();
  }
}
