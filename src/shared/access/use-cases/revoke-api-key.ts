import { Injectable } from '@nestjs/common';
import { appendAudit } from '../../audit/append-audit.js';
import { Database } from '../../database/database.js';
import { Clock } from '../../kernel/clock.js';
import type { Role } from '../abilities.js';
import { KeyUnknown, LastManager } from '../access.errors.js';
import { ApiKeys } from '../api-keys.js';
import { actorOf, type Principal } from '../principal.js';

const manager: Role = 'security-admin';

/** Takes a key out of use, within five seconds in every process. Revoking it again changes nothing. */
@Injectable()
export class RevokeApiKey {
  constructor(
    private readonly database: Database,
    private readonly keys: ApiKeys,
    private readonly clock: Clock,
  ) {}

  /** @throws ACCESS.KEY_UNKNOWN, ACCESS.LAST_MANAGER */
  async run(id: string, principal: Principal, traceId?: string): Promise<void> {
    const actor = actorOf(principal);
    await this.database.transaction(async (tx) => {
      const { key, others } = await this.keys.lockForRevocation(tx, id, manager);
      if (!key) throw KeyUnknown({ details: { id } });
      if (key.revokedAt) return;
      if (key.roles.includes(manager) && !others) throw LastManager();
      await this.keys.revoke(tx, id, actor);
      const entry = {
        actor,
        action: 'access.key-revoked',
        outcome: 'ok',
        subject: `api-key:${id}`,
        traceId,
      } as const;
      await appendAudit(tx, [entry], this.clock.now());
    });
  }
}
