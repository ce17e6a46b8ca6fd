import type { Tx } from '../../../shared/database/tx.js';

/** What lately became of the requests of one source of a channel. */
export interface ChannelState {
  readonly channel: string;
  readonly source: string;
  readonly last_accepted_at: Date | null;
  readonly last_refused_at: Date | null;
  readonly last_refused_code: string | null;
  /** Requests that were refused. */
  readonly refused: number;
}

/** Adds what was counted to what is known: one statement. */
export async function noteStates(tx: Tx, states: readonly ChannelState[]): Promise<void> {
  const rows = [...states].sort((a, b) => (a.channel + a.source < b.channel + b.source ? -1 : 1));
  await tx.query(
    `insert into intake.channel_states as c (channel, source, last_accepted_at, last_refused_at, last_refused_code, refused)
     select channel, source, last_accepted_at, last_refused_at, last_refused_code, refused
     from json_to_recordset($1::json) as s(channel text, source text, last_accepted_at timestamptz,
       last_refused_at timestamptz, last_refused_code text, refused bigint)
     on conflict (channel, source) do update set
       last_accepted_at = greatest(c.last_accepted_at, excluded.last_accepted_at),
       last_refused_at = greatest(c.last_refused_at, excluded.last_refused_at),
       last_refused_code = coalesce(excluded.last_refused_code, c.last_refused_code),
       refused = c.refused + excluded.refused`,
    [JSON.stringify(rows)],
  );
}
