import { Injectable, Logger } from '@nestjs/common';
import { appendAudit } from '../../../shared/audit/append-audit.js';
import { Database } from '../../../shared/database/database.js';
import { Clock } from '../../../shared/kernel/clock.js';
import { noteStates, type ChannelState } from '../persistence/channel-states.js';

const flushMs = 60_000;
const mostSources = 1_000;

interface Counts {
  readonly channel: string;
  readonly source: string;
  readonly byCode: Map<string, number>;
  lastCode?: string;
  lastRefusedAt?: Date;
  lastAcceptedAt?: Date;
}

/**
 * Requests that were not genuine. Anyone can send those, so they write nothing each; once a minute one audit entry a
 * channel and reason says how many there were, and the channel's state says when the last one came.
 */
@Injectable()
export class Refusals {
  private readonly logger = new Logger(Refusals.name);
  private counts = new Map<string, Counts>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  count(channel: string, source: string, code: string): void {
    const counts = this.of(channel, source);
    counts.byCode.set(code, (counts.byCode.get(code) ?? 0) + 1);
    counts.lastCode = code;
    counts.lastRefusedAt = this.clock.now();
  }

  noteAccepted(channel: string, source: string, at: Date): void {
    this.of(channel, source).lastAcceptedAt = at;
  }

  /** Writes what was counted; also at shutdown, and before somebody looks. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const counted = [...this.counts.values()];
    this.counts = new Map();
    if (counted.length === 0) return;
    try {
      await this.database.transaction(async (tx) => {
        await noteStates(tx, counted.map(stateOf));
        await appendAudit(tx, entriesOf(counted), this.clock.now());
      });
    } catch (error) {
      this.logger.warn({ err: error, channels: counted.length }, 'refused requests could not be audited');
    }
  }

  /** Sources beyond any that are real (anyone may name some) are counted together. */
  private of(channel: string, source: string): Counts {
    this.timer ??= setTimeout(() => void this.flush(), flushMs).unref();
    const isNew = !this.counts.has(`${channel} ${source}`);
    const name = isNew && this.counts.size >= mostSources ? '(others)' : source.slice(0, 100);
    const key = `${channel} ${name}`;
    const counts = this.counts.get(key) ?? { channel, source: name, byCode: new Map<string, number>() };
    this.counts.set(key, counts);
    return counts;
  }
}

function stateOf({ channel, source, byCode, lastCode, lastRefusedAt, lastAcceptedAt }: Counts): ChannelState {
  return {
    ...{ channel, source },
    last_accepted_at: lastAcceptedAt ?? null,
    last_refused_at: lastRefusedAt ?? null,
    last_refused_code: lastCode ?? null,
    refused: [...byCode.values()].reduce((sum, count) => sum + count, 0),
  };
}

function entriesOf(counted: readonly Counts[]) {
  return counted.flatMap(({ channel, source, byCode }) =>
    [...byCode].map(([code, requests]) => ({
      actor: `channel:${channel}`,
      action: 'intake.requests-refused',
      outcome: 'refused' as const,
      details: { code, source, requests },
    })),
  );
}
