import { Injectable } from '@nestjs/common';
import { appendAudit } from '../audit/append-audit.js';
import { Database } from '../database/database.js';
import { Clock } from '../kernel/clock.js';
import { roles } from './abilities.js';
import { FirstKeyMalformed } from './access.errors.js';
import { generateKey, parseKey } from './api-key.js';
import { ApiKeys } from './api-keys.js';

/** `created`: here is the key, in clear, this once. `exists`: there are keys already, and none was made. */
export type FirstKeyOutcome =
  { readonly state: 'created'; readonly key: string } | { readonly state: 'exists' };

/** Makes the key that makes all others. */
@Injectable()
export class FirstKey {
  constructor(
    private readonly database: Database,
    private readonly keys: ApiKeys,
    private readonly clock: Clock,
  ) {}

  /**
   * Creates the first key, which holds every role, when there is none at all, not even a revoked one. Of processes
   * that do so at once, one creates it.
   * @param configured the key to store, instead of a generated one
   * @throws ACCESS.FIRST_KEY_MALFORMED
   */
  async ensure(configured?: string): Promise<FirstKeyOutcome> {
    const key = configured === undefined ? generateKey() : parseKey(configured);
    if (!key) throw FirstKeyMalformed();
    return this.database.transaction(async (tx) => {
      // The lock is taken by a statement of its own: the next one's snapshot then sees what its last holder committed.
      await tx.query(`select pg_advisory_xact_lock(hashtextextended('access.first-key', 0))`);
      const [taken] = await tx.query(`select 1 from access.api_keys limit 1`);
      if (taken) return { state: 'exists' };
      const { id, hash } = key;
      await this.keys.insert(tx, {
        id,
        hash,
        name: 'first key',
        roles,
        createdBy: 'system',
        expiresAt: null,
      });
      const details = { roles: [...roles], configured: configured !== undefined };
      const entry = {
        actor: 'system',
        action: 'access.first-key-created',
        outcome: 'ok',
        subject: `api-key:${id}`,
      } as const;
      await appendAudit(tx, [{ ...entry, details }], this.clock.now());
      return { state: 'created', key: key.text };
    });
  }
}
