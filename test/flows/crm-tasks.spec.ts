import { afterAll, beforeAll, expect, it } from 'vitest';
import { CreateCrmTask } from '../../src/modules/crm/contracts.js';
import { flow } from '../../src/shared/flow/define-flow.js';
import { crmSpine } from '../support/crm-spine.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { admin, effects, enterDeal, fault, url, withHubspotSandbox } from '../support/hubspot-world.js';
import { order, OrderPlaced, sampleHandlers } from '../support/sample-flow.js';
import type { Spine } from '../support/spine.js';
import { until } from '../support/until.js';

withHubspotSandbox();

/** The order's customer is the deal; its place stands for what is counted from now, as a due time is. */
const remind = flow('remind', { version: 1 })
  .startedBy(
    OrderPlaced,
    ({ order: name }) => name,
    ({ customer, place }) => ({ customer, place }),
  )
  .steps(['task'], ({ send, end }) => ({
    task: send(
      CreateCrmTask,
      ({ state: { customer, place } }) => ({
        ...{
          about: { type: 'deal' as const, id: customer },
          title: `Call ${place}`,
          body: '',
          key: 'closedwon',
        },
        dueAt: `2026-11-2${place}T09:00:00Z`,
      }),
      end(),
    ),
  }));

let db: TestDatabase;
let spine: Spine;
beforeAll(async () => {
  db = await testDatabase();
  spine = await crmSpine({ db, url, flows: [remind], handlers: sampleHandlers });
});
afterAll(async () => {
  await spine?.stop();
  await db.close();
});

async function ended(eventId: string): Promise<string> {
  return until(`the run of ${eventId} ends`, async () => {
    const [run] = await db.database.query<{ status: string }>(
      `select status from flow.runs where started_by = $1`,
      [eventId],
    );
    if (run && run.status !== 'running') return run.status;
    await db.database.query(
      `update messaging.deliveries set due_at = now() where state = 'pending' and attempts > 0`,
    );
    return undefined;
  });
}

it('a stage that flaps makes one task, with what was said first', async () => {
  const { dealId } = await enterDeal({ dealstage: 'closedwon' });
  const together = await spine.state([1, 2, 3].map((place) => order(`flap-${place}`, dealId, place)));
  expect(await Promise.all(together.map(ended))).toEqual(['done', 'done', 'done']);
  const [later] = await spine.state([order('flap-4', dealId, 4)]);
  expect(await ended(later!)).toBe('done');
  expect(await effects('tasks')).toMatchObject({ created: 1, updated: 0, duplicates: [] });
});

it('a task whose answer was lost is found, and made no second time', async () => {
  await enterDeal({ dealstage: 'closedwon' }); // the id that the test before has had
  const { dealId } = await enterDeal({ dealstage: 'closedwon' });
  await fault({ match: { path: 'tasks/batch/create' }, times: 1, kind: 'reset-after' });
  const [event] = await spine.state([order('lost-1', dealId, 1)]);
  expect(await ended(event!)).toBe('done');
  expect(await effects('tasks')).toMatchObject({ created: 1, duplicates: [] });
  const { results } = (await admin('GET', '/hubspot/tasks')) as { results: { id: string }[] };
  const [effect] = await db.database.query<{ provider_id: string }>(
    `select provider_id from effects.effects order by id desc limit 1`,
  );
  expect(effect?.provider_id).toBe(results[0]?.id);
});
