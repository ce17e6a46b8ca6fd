import { Injectable } from '@nestjs/common';
import { Polls } from '../../../shared/connectors/polls.js';
import { Database } from '../../../shared/database/database.js';
import { SecretStore } from '../../../shared/secrets/secret-store.js';
import { noSecret, type Channel, type Reader } from '../channels/channel.js';
import { Channels } from '../channels/channels.js';
import type { Form } from '../domain/form.js';
import { PollRows, type PollRow } from '../persistence/poll-rows.js';
import { Forms } from '../persistence/forms.js';
import { Refusals } from '../use-cases/refusals.js';
import { WebhookSettings } from '../use-cases/webhook-settings.js';
import type { ChannelDto, ChannelPollDto, ChannelSourceDto } from './channels.dto.js';

type State = Omit<ChannelSourceDto, 'url'> & { channel: string };

/** Channels for people to look at. */
@Injectable()
export class ChannelsRead {
  constructor(
    private readonly channels: Channels,
    private readonly database: Database,
    private readonly secrets: SecretStore,
    private readonly forms: Forms,
    private readonly refusals: Refusals,
    private readonly settings: WebhookSettings,
    private readonly polls: Polls,
    private readonly pollRows: PollRows,
  ) {}

  /** All of them, by name. */
  async list(): Promise<ChannelDto[]> {
    await this.refusals.flush();
    const names = this.channels.all.flatMap(({ secrets }) => secrets.filter((name) => name !== noSecret));
    const versions = await this.secrets.versions(names);
    const states = await this.states();
    const forms = await this.forms.list();
    const pollRows = await this.pollRows.list();
    const polled = this.channels.polled.map((channel) => this.polledChannel(channel, pollRows));
    const shown = this.channels.all.map(async (channel): Promise<ChannelDto> => {
      const { name, title, mediaTypes } = channel;
      const mine = versions.filter((version) => channel.secrets.includes(version.name));
      const missing = channel.secrets.filter(
        (secret) => secret !== noSecret && !mine.some((version) => version.name === secret),
      );
      const sources = (await this.sourcesOf(channel, forms)).map((source) =>
        this.source(channel, source, states),
      );
      const isClosed = missing.includes(channel.secrets[0]);
      return {
        name,
        title,
        mediaTypes,
        missing,
        secrets: mine,
        sources,
        state: isClosed ? 'closed' : 'open',
        polls: this.pollsOf(name, pollRows),
      };
    });
    return [...(await Promise.all(shown)), ...polled].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** One that nobody sends to has no address and no secret. */
  private polledChannel({ name, title, mediaTypes }: Reader, rows: readonly PollRow[]): ChannelDto {
    const none = { missing: [], secrets: [], sources: [] };
    return { name, title, mediaTypes, ...none, state: 'open', polls: this.pollsOf(name, rows) };
  }

  private pollsOf(channel: string, rows: readonly PollRow[]): ChannelPollDto[] {
    const mine = this.polls.all.filter((poll) => poll.channel === channel);
    return mine.flatMap(({ name, title }) => {
      const row = rows.find((one) => one.name === name);
      if (!row) return [];
      const { enabled, everySeconds, lastAt, lastError, nextAt } = row;
      return [{ name, title, enabled, everySeconds, lastAt, lastError, nextAt }];
    });
  }

  /** The forms that a channel serves; one source without a name where its path takes none. */
  private async sourcesOf(channel: Channel, forms: readonly Form[]): Promise<readonly string[]> {
    if (!channel.path.includes(':source')) return [''];
    const served = forms.map(async ({ name, enabled }) => enabled && (await channel.serves?.(name)) && name);
    return (await Promise.all(served)).filter((name) => typeof name === 'string');
  }

  private source({ name, path }: Channel, source: string, states: readonly State[]): ChannelSourceDto {
    const state = states.find((one) => one.channel === name && one.source === source);
    return {
      source,
      url: `${this.settings.publicUrl}/webhooks/${path.replace(':source', source)}`,
      lastAcceptedAt: state?.lastAcceptedAt ?? null,
      lastRefusedAt: state?.lastRefusedAt ?? null,
      lastRefusedCode: state?.lastRefusedCode ?? null,
      refused: Number(state?.refused ?? 0),
    };
  }

  private async states(): Promise<State[]> {
    return this.database.query<State>(
      `select channel, source, last_accepted_at as "lastAcceptedAt", last_refused_at as "lastRefusedAt",
         last_refused_code as "lastRefusedCode", refused
       from intake.channel_states order by channel, source`,
    );
  }
}
