import { EffectCounter } from '../../core/effects.ts';

/** A request that was carried out. `key` is its Idempotency-Key, `digest` what its body was. */
export type Applied = {
  number: number;
  at: number;
  endpoint: string;
  id: string;
  key: string;
  digest: string;
  body: unknown;
  headers: Record<string, string>;
  answer: { status: number; body: unknown };
  /** How often it was answered again without being carried out. */
  repeats: number;
};

/** Every state change of the simulator; the journal is a list of these. Times are epoch milliseconds. */
export type EndpointEvent =
  | { type: 'applied'; call: Applied }
  | { type: 'repeated'; number: number }
  | { type: 'counters-kept'; nextNumber: number; effects: unknown };

const KEPT = 1_000;

/** What was received and done. It changes through `apply` alone, live and at replay. */
export class Receiver {
  calls: Applied[] = [];
  nextNumber = 1;
  readonly effects = new EffectCounter();

  apply(event: EndpointEvent): void {
    switch (event.type) {
      case 'applied':
        this.calls = [...this.calls, event.call].slice(-KEPT);
        this.nextNumber = event.call.number + 1;
        this.effects.countCreated(event.call.id);
        return;
      case 'repeated':
        this.calls = this.calls.map((call) =>
          call.number === event.number ? { ...call, repeats: call.repeats + 1 } : call,
        );
        return;
      case 'counters-kept':
        this.nextNumber = event.nextNumber;
        this.effects.clear();
        this.effects.restore(event.effects);
    }
  }

  /** The call that this key is known from, if it is not forgotten yet. */
  known(key: string, keyHours: number): Applied | undefined {
    const since = Date.now() - keyHours * 3_600_000;
    return this.calls.findLast((call) => call.key === key && key !== '' && call.at > since);
  }

  *snapshot(): Generator<EndpointEvent> {
    for (const call of this.calls) yield { type: 'applied', call };
    yield { type: 'counters-kept', nextNumber: this.nextNumber, effects: this.effects.snapshot() };
  }

  clear(): void {
    this.calls = [];
    this.nextNumber = 1;
    this.effects.clear();
  }
}
