import { beforeEach, describe, expect, it } from 'vitest';
import { CodedError } from '../kernel/coded-error.js';
import { LaneGates } from '../messaging/lane-gates.js';
import { Breaker } from './breaker.js';
import { Connector, type Failure } from './connector.js';
import { RateBucket, RateStore, type Reservation } from './rate-bucket.js';

class Rates extends RateStore {
  readonly held: number[] = [];
  reserved = 0;
  answer: Reservation = { granted: true, waitMs: 0 };
  async reserve(): Promise<Reservation> {
    this.reserved += 1;
    return this.answer;
  }
  async hold(_bucket: string, ms: number): Promise<void> {
    this.held.push(ms);
  }
}

const coded = new CodedError('TEST.FAILED', 'transient', 'It failed.');
const fails = () => Promise.reject(new Error('raw'));

describe('Connector', () => {
  let rates: Rates;
  let gates: LaneGates;
  let failure: Failure;
  let call: (work: () => Promise<unknown>) => Promise<unknown>;

  beforeEach(() => {
    rates = new Rates();
    gates = new LaneGates();
    failure = { error: coded };
    const breaker = new Breaker('lane', gates, { failures: 2, openMs: 5_000 });
    const connector = new Connector({ name: 'lane', breaker, gates, explain: () => failure });
    const bucket = new RateBucket(rates, 'lane', { max: 10, intervalMs: 1_000 }, 50);
    call = (work) => connector.call(bucket, undefined, work);
  });

  it('charges the budget once for each call', async () => {
    expect(await call(async () => 'answer')).toBe('answer');
    expect(rates.reserved).toBe(1);
  });

  it('makes a coded error of whatever is thrown, closes the lane and holds everybody as it says', async () => {
    failure = { error: coded, closeLaneMs: 1_000, holdMs: 2_000 };
    await expect(call(fails)).rejects.toBe(coded);
    expect(gates.closedFor('lane')).toBeGreaterThan(900);
    expect(rates.held).toEqual([2_000]);
  });

  it('without room soon nothing is called and the lane is closed until there is', async () => {
    rates.answer = { granted: false, waitMs: 60_000 };
    let called = false;
    const work = call(async () => (called = true));
    await expect(work).rejects.toMatchObject({ code: 'CONNECTORS.RATE_BUDGET_SPENT', retryAfterMs: 60_000 });
    expect(called).toBe(false);
    expect(gates.closedFor('lane')).toBeGreaterThan(59_000);
  });

  it('while the breaker is open nothing is called, charged or waited for', async () => {
    failure = { error: coded, isDown: true };
    for (let times = 0; times < 2; times += 1) await expect(call(fails)).rejects.toBe(coded);
    await expect(call(async () => 'answer')).rejects.toMatchObject({ code: 'CONNECTORS.BREAKER_OPEN' });
    expect(rates.reserved).toBe(2);
    expect(gates.closedFor('lane')).toBeGreaterThan(4_000);
  });

  it('a refusal between two failures shows that the provider lives', async () => {
    for (const isDown of [true, false, true]) {
      failure = { error: coded, isDown };
      await expect(call(fails)).rejects.toBe(coded);
    }
    expect(await call(async () => 'answer')).toBe('answer');
  });
});
