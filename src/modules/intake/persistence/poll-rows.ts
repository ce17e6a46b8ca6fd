import { Injectable } from '@nestjs/common';
import { Database } from '../../../shared/database/database.js';
import type { Tx } from '../../../shared/database/tx.js';

/** A poll as it is kept. */
export interface PollRow {
  readonly name: string;
  readonly enabled: boolean;
  readonly everySeconds: number;
  readonly cursor: string | null;
  readonly nextAt: Date;
  readonly lastAt: Date | null;
  readonly lastError: string | null;
  readonly failures: number;
}

const columns = `name, enabled, every_seconds as "everySeconds", cursor, next_at as "nextAt", last_at as "lastAt",
  last_error as "lastError", failures`;
const longestWaitSeconds = 3_600;

/** Which polls run, how far they have come, and who runs them now. */
@Injectable()
export class PollRows {
  constructor(private readonly database: Database) {}

  /** Installs what this version knows and the table does not; disabled until somebody wants it. */
  async install(polls: readonly { name: string; everySeconds: number }[]): Promise<void> {
    if (polls.length === 0) return;
    await this.database.query(
      `insert into intake.polls (name, every_seconds, updated_by)
       select name, "everySeconds", 'system' from json_to_recordset($1::json) as p(name text, "everySeconds" integer)
       on conflict do nothing`,
      [JSON.stringify(polls)],
    );
  }

  async list(): Promise<PollRow[]> {
    return this.database.query<PollRow>(`select ${columns} from intake.polls order by name`);
  }

  /** Leases a poll of these that is due, if any. */
  async claim(names: readonly string[], owner: string, leaseSeconds: number): Promise<PollRow | undefined> {
    const [row] = await this.database.query<PollRow>(
      `update intake.polls set owner = $2, lease_expires_at = now() + make_interval(secs => $3)
       where name = (
         select name from intake.polls
         where enabled and name = any($1::text[]) and next_at <= now()
           and (lease_expires_at is null or lease_expires_at < now())
         order by next_at limit 1 for update skip locked)
       returning ${columns}`,
      [names, owner, leaseSeconds],
    );
    return row;
  }

  /** Keeps how far it has come, and the lease. @returns whether this process still holds it */
  async advance(name: string, owner: string, cursor: string, leaseSeconds: number): Promise<boolean> {
    const rows = await this.database.query(
      `update intake.polls set cursor = $3, lease_expires_at = now() + make_interval(secs => $4)
       where name = $1 and owner = $2 returning name`,
      [name, owner, cursor, leaseSeconds],
    );
    return rows.length > 0;
  }

  /** Ends a round: the next one after the poll's own time, after failures later and later. */
  async finish(name: string, owner: string, error: string | null): Promise<void> {
    await this.database.query(
      `update intake.polls set owner = null, lease_expires_at = null, last_at = now(), last_error = $3,
         failures = case when $3::text is null then 0 else failures + 1 end,
         next_at = now() + make_interval(secs => case when $3::text is null then every_seconds
           else least(${longestWaitSeconds}, every_seconds * power(2, least(failures + 1, 12))) end)
       where name = $1 and owner = $2`,
      [name, owner, error],
    );
  }

  /** @returns undefined when there is none of the name */
  async set(
    tx: Tx,
    name: string,
    { enabled, everySeconds, actor }: { enabled: boolean; everySeconds: number; actor: string },
  ): Promise<PollRow | undefined> {
    const [row] = await tx.query<PollRow>(
      `update intake.polls set enabled = $2, every_seconds = $3, updated_by = $4, updated_at = now(),
         next_at = case when $2 and not enabled then now() else least(next_at, now() + make_interval(secs => $3)) end
       where name = $1 returning ${columns}`,
      [name, enabled, everySeconds, actor],
    );
    return row;
  }
}
