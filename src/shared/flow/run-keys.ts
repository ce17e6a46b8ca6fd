import { change, type Change, type ChangeSet } from '../messaging/outcome.js';

interface RunKey {
  readonly runId: string;
  /** Keyed hash. */
  readonly key: Buffer;
}

/** Further names under which people find a run. */
const runKeys: ChangeSet<RunKey> = {
  table: 'flow.run_keys',
  keyOf: ({ runId, key }) => `${runId}/${key.toString('base64')}`,
  async write(tx, rows) {
    await tx.query(
      `insert into flow.run_keys (key, run_id)
       select decode(key, 'base64'), "runId" from json_to_recordset($1::json) as k(key text, "runId" uuid)
       order by 1, 2 on conflict do nothing`,
      [JSON.stringify(rows.map(({ runId, key }) => ({ runId, key: key.toString('base64') })))],
    );
  },
};

export function knownAs(runId: string, keys: readonly Buffer[]): Change[] {
  return keys.map((key) => change(runKeys, { runId, key }));
}
