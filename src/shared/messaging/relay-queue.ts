import { setTimeout as sleep } from 'node:timers/promises';
import { InjectQueue, OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq';
import { Injectable, Logger } from '@nestjs/common';
import type { Job, Queue, Worker } from 'bullmq';
import { Relays } from './relays.js';
import { Wakeups } from './wakeups.js';

export const relayQueue = 'signalbox-relay';

const longestJobMs = 5_000;
/** How long the queue may take to answer before it counts as away. */
const answerMs = 1_000;
/** Between two jobs of one lane: an add costs PostgreSQL more than a commit, and the first already woke somebody. */
const pauseMs = 20;

/** A job says only that a lane has work; what work, PostgreSQL knows. */
export interface RelayJob {
  lane: string;
}

/**
 * Carries wake-ups to other processes: for each lane at most one job waits and one runs, however many commits ask. A
 * process that takes the work itself tells nobody. Adds are coalesced in this process too: while one is under way, and for
 * a moment after, all further signals of the lane become one more.
 */
@Injectable()
export class RelayJobs {
  private readonly logger = new Logger(RelayJobs.name);
  private readonly adding = new Map<string, { again: boolean }>();
  private closed = false;

  constructor(
    @InjectQueue(relayQueue) private readonly queue: Queue<RelayJob>,
    wakeups: Wakeups,
    relays: Relays,
  ) {
    wakeups.onSignal((lane) => {
      if (!relays.hasRoom(lane)) void this.announce(lane);
    });
    queue.on('error', (error) =>
      this.logger.warn({ err: error }, 'the queue cannot be reached; the poll relays'),
    );
  }

  /** Never rejects: a queue that is away delays, it loses nothing. */
  async announce(lane: string): Promise<void> {
    if (this.closed) return;
    const current = this.adding.get(lane);
    if (current) {
      current.again = true;
      return;
    }
    const state = { again: true };
    this.adding.set(lane, state);
    try {
      while (state.again && !this.closed) {
        state.again = false;
        await this.queue.add(
          'relay',
          { lane },
          {
            deduplication: { id: lane, keepLastIfActive: true },
            attempts: 1,
            removeOnComplete: true,
            removeOnFail: true,
          },
        );
        await sleep(pauseMs, undefined, { ref: false });
      }
    } catch (error) {
      this.logger.warn({ err: error }, 'a relay job could not be added; the poll relays');
    } finally {
      this.adding.delete(lane);
    }
  }

  /** Whether the queue answers; for readiness. */
  async ping(): Promise<void> {
    await this.queue.getJobCounts('waiting');
  }

  /**
   * Ends the connections of the queue and of its worker. While the queue is away they are cut: an orderly end would
   * wait until it is back, and all that a job says is known to PostgreSQL.
   */
  async close(worker: Worker): Promise<void> {
    this.closed = true;
    if (await this.answers()) return;
    await Promise.all([worker.close(true), this.queue.backend.close(true)]);
  }

  private async answers(): Promise<boolean> {
    const late = new Promise<boolean>((resolve) => setTimeout(resolve, answerMs, false).unref());
    const ping = this.ping().then(
      () => true,
      () => false,
    );
    return Promise.race([ping, late]);
  }
}

/** The Bull worker: relays the lane that a job names until it is empty. Never throws. */
@Processor(relayQueue, {
  concurrency: 8,
  autorun: false,
  lockDuration: 15_000,
  stalledInterval: 15_000,
  maxStalledCount: 1,
})
export class RelayProcessor extends WorkerHost {
  private readonly logger = new Logger(RelayProcessor.name);

  constructor(
    private readonly relays: Relays,
    private readonly jobs: RelayJobs,
  ) {
    super();
  }

  override async process(job: Job<RelayJob>): Promise<void> {
    const emptied = this.relays.drain(job.data.lane).then(() => true);
    const late = new Promise<boolean>((resolve) => setTimeout(resolve, longestJobMs, false).unref());
    if (!(await Promise.race([emptied, late]))) void this.jobs.announce(job.data.lane);
  }

  /** Without a listener, Bull writes its errors past the log. */
  @OnWorkerEvent('error')
  onError(error: Error): void {
    this.logger.warn({ err: error }, 'the queue cannot be reached; the poll relays');
  }
}
