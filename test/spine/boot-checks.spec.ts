import { CommandHandler } from '@nestjs/cqrs';
import { IsString } from 'class-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FlowPrincipals } from '../../src/shared/access/flow-principals.js';
import { flow } from '../../src/shared/flow/define-flow.js';
import { FlowSettings } from '../../src/shared/flow/flow-settings.js';
import { Command, CommandType, Event } from '../../src/shared/kernel/message.js';
import { UseCase, type HandlerOutcome } from '../../src/shared/messaging/handler.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { carrier, order, OrderPlaced, sampleHandlers, shipping, WeighOrder } from '../support/sample-flow.js';
import { Spine } from '../support/spine.js';
import { until } from '../support/until.js';

let db: TestDatabase;
beforeAll(async () => {
  carrier.reset();
  db = await testDatabase();
});
afterAll(() => db.close());

@CommandHandler(WeighOrder)
class SecondWeighOrderHandler extends UseCase<WeighOrder> {
  async run(): Promise<HandlerOutcome<{ weight: number }>> {
    return { result: { weight: 0 } };
  }
}

const otherShipping = flow('shipping', { version: 1 })
  .startedBy(
    OrderPlaced,
    ({ order: name }) => name,
    ({ order: name }) => ({ order: name }),
  )
  .steps(['only-weigh'], ({ send, end }) => ({
    'only-weigh': send(WeighOrder, ({ state }) => state, end()),
  }));

describe('the process does not start', () => {
  it('with two handlers for one command', async () => {
    const handlers = [...sampleHandlers, SecondWeighOrderHandler];
    await expect(Spine.start({ db, flows: [shipping], handlers })).rejects.toThrow(
      /sample\.weigh-order\.v1 has 2 handlers/,
    );
  });

  it('with a command that nothing handles', async () => {
    await expect(Spine.start({ db, flows: [shipping], handlers: [] })).rejects.toThrow(
      /sample\.weigh-order\.v1 has no handler/,
    );
  });

  it('with a flow twice', async () => {
    await expect(Spine.start({ db, flows: [shipping, shipping], handlers: sampleHandlers })).rejects.toThrow(
      /shipping@1 is defined twice/,
    );
  });

  it('with a table that changed under a version that is registered', async () => {
    const first = await Spine.start({ db, flows: [shipping], handlers: sampleHandlers });
    await first.stop();
    await expect(Spine.start({ db, flows: [otherShipping], handlers: sampleHandlers })).rejects.toThrow(
      /give it a new version.*\(shipping@1\)/,
    );
  });

  it('with a wire name that is taken, or none', () => {
    class Impostor {}
    expect(() => Event('sample.order-placed.v1')(Impostor)).toThrow(/is taken by OrderPlaced and Impostor/);
    expect(() => Event('OrderPlaced')(Impostor)).toThrow(/is not a wire name/);
  });
});

describe('a flow', () => {
  it('whose mode nobody set follows the configuration, and one that a person set does not', async () => {
    const modeAfter = async (configured: string, set?: 'live'): Promise<unknown> => {
      const env = { SIGNALBOX_FLOW_MODE: configured };
      const spine = await Spine.start({ db, flows: [shipping], handlers: sampleHandlers, env });
      if (set) await spine.get(FlowSettings).setMode('shipping', set, 'test');
      await spine.stop();
      return (await db.database.query(`select mode from flow.settings where flow = 'shipping'`))[0];
    };
    expect(await modeAfter('live')).toEqual({ mode: 'live' });
    expect(await modeAfter('shadow')).toEqual({ mode: 'shadow' });
    expect(await modeAfter('shadow', 'live')).toEqual({ mode: 'live' });
    expect(await modeAfter('shadow')).toEqual({ mode: 'live' });
  });

  it('that sends what it does not declare is refused at dispatch, and the refusal is audited', async () => {
    const spine = await Spine.start({ db, flows: [shipping], handlers: sampleHandlers });
    try {
      const principals = spine.get(FlowPrincipals);
      const declared = (principals as unknown as { declared: Map<string, ReadonlySet<string>> }).declared;
      declared.set('shipping', new Set(['sample.weigh-order.v1']));
      const [event] = await spine.state([order('forbidden')]);
      const run = await until('the run is held', async () => {
        const [row] = await db.database.query<{ id: string; status: string; reason: string }>(
          `select id, status, reason from flow.runs where started_by = $1 and status = 'held'`,
          [event],
        );
        return row;
      });
      expect(run.reason).toBe('ACCESS.COMMAND_NOT_DECLARED');
      expect(carrier.sends).toEqual([]);
      const entries = await db.database.query(
        `select outcome from audit.entries where run_id = $1 and action = 'flow.step-failed'`,
        [run.id],
      );
      expect(entries).toEqual([{ outcome: 'refused' }]);
    } finally {
      await spine.stop();
    }
  });
});

// Last: what it declares has no handler, and would keep any further process of this file from starting.
describe('a message', () => {
  it('is checked when it is written, and names fields, not values', async () => {
    class Strict extends Command<void> {
      name: string;
    }
    IsString()(Strict.prototype, 'name');
    CommandType('sample.strict.v1')(Strict);
    const { MessageValidators } = await import('../../src/shared/messaging/validators.js');
    const validators = new MessageValidators();
    expect(() => validators.check('sample.strict.v1', { name: 4711, more: 'secret' })).toThrow(
      /\/name must be string/,
    );
    expect(() => validators.check('sample.strict.v1', { name: 'x', more: 'secret' })).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining('secret') as string }) as Error,
    );
  });
});
