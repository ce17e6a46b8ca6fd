import type { Channel, Reader } from './channel.js';

/** All channels, by where they are. */
export class Channels {
  private readonly byPath = new Map<string, Channel[]>();

  /** @param polled channels that nobody sends to @throws Error when two have one name */
  constructor(
    readonly all: readonly Channel[],
    readonly polled: readonly Reader[] = [],
  ) {
    const names = new Set<string>();
    for (const { name } of [...all, ...polled]) {
      if (names.has(name)) throw new Error(`two channels are named ${name}`);
      names.add(name);
    }
    for (const channel of all) {
      this.byPath.set(channel.path, [...(this.byPath.get(channel.path) ?? []), channel]);
    }
  }

  /** One that is sent to. */
  named(name: string): Channel | undefined {
    return this.all.find((channel) => channel.name === name);
  }

  /** Any, for who has what it reads. */
  reader(name: string): Reader | undefined {
    return this.named(name) ?? this.polled.find((channel) => channel.name === name);
  }

  /**
   * The channel of an address below `/webhooks`, and the source that the address names: `stripe`, `email/postmark`, or
   * `forms/contact`.
   */
  async at(first: string, second = ''): Promise<{ channel: Channel; source: string } | undefined> {
    const [exact] = this.byPath.get(second ? `${first}/${second}` : first) ?? [];
    if (exact) return { channel: exact, source: '' };
    const shared = second ? (this.byPath.get(`${first}/:source`) ?? []) : [];
    for (const channel of shared) {
      if (!channel.serves || (await channel.serves(second))) return { channel, source: second };
    }
    return shared[0] && { channel: shared[0], source: second };
  }
}
