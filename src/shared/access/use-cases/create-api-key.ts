import { Injectable } from '@nestjs/common';
import { appendAudit } from '../../audit/append-audit.js';
import type { AuditEntry } from '../../audit/audit-entry.js';
import { Database } from '../../database/database.js';
import { Clock } from '../../kernel/clock.js';
import type { Role } from '../abilities.js';
import { ExpiryInPast, RoleNotHeld } from '../access.errors.js';
import { generateKey } from '../api-key.js';
import { type ApiKeyRecord, ApiKeys } from '../api-keys.js';
import { actorOf, type Principal } from '../principal.js';
import { Refusals } from '../refusals.js';

export interface CreateApiKeyRequest {
  readonly name: string;
  readonly roles: readonly Role[];
  /** Absent: it does not expire. */
  readonly expiresAt?: Date;
}

export interface CreatedApiKey {
  readonly record: ApiKeyRecord;
  /** The key in clear: shown this once. */
  readonly key: string;
}

/** Makes a key that can do no more than its creator. */
@Injectable()
export class CreateApiKey {
  constructor(
    private readonly database: Database,
    private readonly keys: ApiKeys,
    private readonly refusals: Refusals,
    private readonly clock: Clock,
  ) {}

  /** @throws ACCESS.ROLE_NOT_HELD, ACCESS.EXPIRY_IN_PAST */
  async run(request: CreateApiKeyRequest, principal: Principal, traceId?: string): Promise<CreatedApiKey> {
    const now = this.clock.now();
    const action = 'access.key-created';
    const actor = actorOf(principal);
    const excess = request.roles.filter((role) => !principal.roles.includes(role));
    if (excess.length > 0) {
      await this.refusals.record({
        actor,
        action,
        traceId,
        details: { roles: request.roles, notHeld: excess },
      });
      throw RoleNotHeld({ details: { notHeld: excess } });
    }
    const { expiresAt = null } = request;
    if (expiresAt && expiresAt <= now) throw ExpiryInPast();
    const roles = [...new Set(request.roles)].sort();
    const { id, hash, text } = generateKey();
    const details = { roles, expiresAt };
    const entry: AuditEntry = { actor, action, outcome: 'ok', subject: `api-key:${id}`, traceId, details };
    return this.database.transaction(async (tx) => {
      const record = await this.keys.insert(tx, {
        id,
        hash,
        name: request.name,
        roles,
        createdBy: actor,
        expiresAt,
      });
      await appendAudit(tx, [entry], now);
      return { record, key: text };
    });
  }
}
