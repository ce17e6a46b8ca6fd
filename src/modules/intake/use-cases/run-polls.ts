import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Polls, type Poll } from '../../../shared/connectors/polls.js';
import { Clock } from '../../../shared/kernel/clock.js';
import { CodedError } from '../../../shared/kernel/coded-error.js';
import { newId } from '../../../shared/kernel/ids.js';
import { newTraceparent } from '../../../shared/observability/trace.js';
import type { InboundRequest, Reader } from '../channels/channel.js';
import { Channels } from '../channels/channels.js';
import { PollRows, type PollRow } from '../persistence/poll-rows.js';
import { AcceptRequests } from './accept-requests.js';
import { read } from './receive-request.js';
import { SealRequest } from './seal-request.js';
import { WebhookSettings } from './webhook-settings.js';

const tickMs = 1_000;
const leaseSeconds = 120;
const mostPages = 50;

/**
 * Asks providers what changed. What they tell goes the way of what they push: read by the channel, deduplicated,
 * committed; so what was pushed and polled is one. The cursor moves once its page is durable.
 */
@Injectable()
export class RunPolls implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(RunPolls.name);
  private readonly owner = newId();
  private readonly stopping = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;

  constructor(
    private readonly polls: Polls,
    private readonly rows: PollRows,
    private readonly channels: Channels,
    private readonly sealer: SealRequest,
    private readonly acceptor: AcceptRequests,
    private readonly clock: Clock,
    private readonly settings: WebhookSettings,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const known = this.polls.all.map(({ name, defaultSeconds: everySeconds }) => ({ name, everySeconds }));
    await this.rows.install(known);
    if (!this.settings.polls || known.length === 0) return;
    this.timer = setInterval(() => {
      this.running ??= this.runDue().finally(() => (this.running = undefined));
    }, tickMs).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    this.stopping.abort();
    await this.running;
  }

  /** Runs what is due, one after the other. Never rejects. */
  async runDue(): Promise<void> {
    try {
      const names = this.polls.all.map(({ name }) => name);
      for (;;) {
        if (this.stopping.signal.aborted) return;
        const row = await this.rows.claim(names, this.owner, leaseSeconds);
        const poll = row && this.polls.get(row.name);
        if (!poll) return;
        await this.rows.finish(poll.name, this.owner, await this.round(poll, row));
      }
    } catch (error) {
      this.logger.warn({ err: error }, 'polls could not be run; the next tick tries again');
    }
  }

  /** @returns why it failed, for people; null when it did not */
  private async round(poll: Poll, row: PollRow): Promise<string | null> {
    try {
      const channel = this.channels.reader(poll.channel);
      if (!channel) return `there is no channel ${poll.channel}`;
      await this.pages(poll, channel, row.cursor ?? undefined);
      return null;
    } catch (error) {
      const coded = error instanceof CodedError ? `${error.code}: ${error.message}` : 'an unexpected failure';
      this.logger.warn({ err: error, poll: poll.name }, 'a poll failed; it is tried again later');
      return coded.slice(0, 500);
    }
  }

  private async pages(poll: Poll, channel: Reader, from: string | undefined): Promise<void> {
    let cursor = from;
    for (let page = 0; page < mostPages; page += 1) {
      const { bodies, cursor: next, more } = await poll.page(cursor, this.clock.now(), this.stopping.signal);
      for (const body of bodies) await this.take(channel, poll, body);
      if (!(await this.rows.advance(poll.name, this.owner, next, leaseSeconds))) return;
      cursor = next;
      if (!more || this.stopping.signal.aborted) return;
    }
  }

  private async take(channel: Reader, { name }: Poll, body: Buffer): Promise<void> {
    const id = newId();
    const request: InboundRequest = {
      ...{ method: 'POST', source: '', url: `poll:${name}`, ip: '', traceparent: newTraceparent() },
      headers: { 'content-type': channel.mediaTypes[0] },
      body,
      receivedAt: this.clock.now(),
    };
    const updates = await read(channel, request, id, {});
    await this.acceptor.accept(this.sealer.seal(channel, request, { id, updates }));
  }
}
