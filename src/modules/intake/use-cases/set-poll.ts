import { Injectable } from '@nestjs/common';
import { appendAudit } from '../../../shared/audit/append-audit.js';
import { Database } from '../../../shared/database/database.js';
import { Clock } from '../../../shared/kernel/clock.js';
import { PollUnknown } from '../intake.errors.js';
import { PollRows } from '../persistence/poll-rows.js';

/** Starts or stops a poll, or changes how often it runs: one transaction with its audit entry. */
@Injectable()
export class SetPoll {
  constructor(
    private readonly database: Database,
    private readonly rows: PollRows,
    private readonly clock: Clock,
  ) {}

  /** @throws INTAKE.POLL_UNKNOWN */
  async set(name: string, wish: { enabled: boolean; everySeconds: number; actor: string }): Promise<void> {
    const { enabled, everySeconds, actor } = wish;
    await this.database.transaction(async (tx) => {
      if (!(await this.rows.set(tx, name, wish))) throw PollUnknown({ details: { poll: name } });
      const entry = { actor, action: 'intake.poll-changed', outcome: 'ok' as const, subject: `poll:${name}` };
      await appendAudit(tx, [{ ...entry, details: { enabled, everySeconds } }], this.clock.now());
    });
  }
}
