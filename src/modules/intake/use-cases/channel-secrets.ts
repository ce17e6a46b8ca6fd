import { Injectable } from '@nestjs/common';
import { SecretStore } from '../../../shared/secrets/secret-store.js';
import { noSecret, type Channel, type Secrets } from '../channels/channel.js';

/** The secrets of a channel as they are valid now. */
@Injectable()
export class ChannelSecrets {
  constructor(private readonly store: SecretStore) {}

  async of(channel: Channel): Promise<Secrets> {
    const names = channel.secrets.filter((name) => name !== noSecret);
    const values = new Map<string, readonly string[]>();
    for (const name of names) values.set(name, await this.store.valid(name));
    return (name) => values.get(name) ?? [];
  }
}
