import { Injectable } from '@nestjs/common';
import { openJson, sealJson } from '../crypto/field-cipher.js';
import { KeyedHash } from '../crypto/keyed-hash.js';
import { KeyRing } from '../crypto/key-ring.js';
import { Database } from '../database/database.js';
import { IdempotencyKeyInFlight, IdempotencyKeyReused, IdempotencyOutcomeUnknown } from './http.errors.js';

/** One request that may come again: by whom, to where, under which key. */
export interface IdempotencyScope {
  readonly principal: string;
  /** Method and path, with the values in it. */
  readonly route: string;
  readonly key: string;
}

/** What the first request was answered with. */
export interface StoredAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

interface ClaimRow {
  readonly claimed: boolean;
  readonly body_hash: Buffer;
  readonly status: number | null;
  readonly answer: Buffer | null;
  readonly key_id: string | null;
  readonly stale: boolean;
}

const kept = `interval '30 days'`;
/** No request runs that long: one that has no answer by then was interrupted. */
const interruptedAfter = `interval '10 minutes'`;

/** The rows of `access.idempotency_keys`: answers are sealed, of bodies there is a keyed hash. */
@Injectable()
export class IdempotencyStore {
  constructor(
    private readonly database: Database,
    private readonly keyRing: KeyRing,
    private readonly hash: KeyedHash,
  ) {}

  /**
   * Claims the key for this request; of requests at once, one gets it.
   * @param content all of the request that its answer depends on
   * @returns the stored answer of the request that had it before, or undefined: it is yours, settle or release it
   * @throws HTTP.IDEMPOTENCY_KEY_REUSED, HTTP.IDEMPOTENCY_KEY_IN_FLIGHT, HTTP.IDEMPOTENCY_OUTCOME_UNKNOWN
   */
  async claim(scope: IdempotencyScope, content: string): Promise<StoredAnswer | undefined> {
    const bodyHash = this.hash.of('idempotent-request', content);
    const [row] = await this.database.query<ClaimRow>(
      `with claimed as (
         insert into access.idempotency_keys as k (principal, route, key, body_hash) values ($1, $2, $3, $4)
         on conflict (principal, route, key) do update
           set body_hash = excluded.body_hash, status = null, answer = null, created_at = now()
           where k.created_at < now() - ${kept}
         returning body_hash)
       select true as claimed, body_hash, null::integer as status, null::bytea as answer, null::uuid as key_id,
         false as stale from claimed
       union all
       select false, body_hash, status, answer, key_id, created_at < now() - ${interruptedAfter}
       from access.idempotency_keys
       where principal = $1 and route = $2 and key = $3 and not exists (select from claimed)`,
      [scope.principal, scope.route, scope.key, bodyHash],
    );
    if (row?.claimed) return undefined;
    // No row: another request inserted it while this one waited for the index.
    if (!row) throw IdempotencyKeyInFlight({ retryAfterMs: 1_000 });
    if (!row.body_hash.equals(bodyHash)) throw IdempotencyKeyReused();
    return this.open(scope, row);
  }

  private async open(scope: IdempotencyScope, row: ClaimRow): Promise<StoredAnswer> {
    const { status, answer, key_id: keyId, stale } = row;
    if (status === null || answer === null || keyId === null) {
      throw stale ? IdempotencyOutcomeUnknown() : IdempotencyKeyInFlight({ retryAfterMs: 1_000 });
    }
    return openJson(await this.keyRing.loadOne(keyId), placeOf(scope), answer) as StoredAnswer;
  }

  /** Stores the answer, sealed with a data key of its own. */
  async settle(scope: IdempotencyScope, answer: StoredAnswer): Promise<void> {
    const sealing = this.keyRing.create([]);
    const sealed = sealJson(sealing.key, placeOf(scope), answer);
    await this.database.transaction(async (tx) => {
      await this.keyRing.store(tx, [sealing]);
      await tx.query(
        // The row of an expired answer is used again: its data key goes with it.
        `with expired as (
           delete from crypto.data_keys where id = (
             select key_id from access.idempotency_keys where principal = $1 and route = $2 and key = $3 and status is null))
         update access.idempotency_keys set status = $4, answer = $5, key_id = $6
         where principal = $1 and route = $2 and key = $3 and status is null`,
        [scope.principal, scope.route, scope.key, answer.status, sealed, sealing.key.id],
      );
    });
  }

  /** Gives the key back: nothing was done, and the same request may be tried again. */
  async release(scope: IdempotencyScope): Promise<void> {
    await this.database.query(
      `with released as (
         delete from access.idempotency_keys where principal = $1 and route = $2 and key = $3 and status is null
         returning key_id)
       delete from crypto.data_keys where id in (select key_id from released)`,
      [scope.principal, scope.route, scope.key],
    );
  }

  /** Deletes what is older than 30 days, with its data keys. @returns how many, at most `limit` */
  async purge(limit = 1_000): Promise<number> {
    const [row] = await this.database.query<{ count: number }>(
      `with old as (
         delete from access.idempotency_keys where (principal, route, key) in (
           select principal, route, key from access.idempotency_keys where created_at < now() - ${kept}
           order by created_at limit $1)
         returning key_id),
       keys as (delete from crypto.data_keys where id in (select key_id from old))
       select count(*)::integer as count from old`,
      [limit],
    );
    return row?.count ?? 0;
  }
}

function placeOf({ principal, route, key }: IdempotencyScope): string {
  return `access.idempotency_keys|answer|${principal}|${route}|${key}`;
}
