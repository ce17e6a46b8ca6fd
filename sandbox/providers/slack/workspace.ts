import { EffectCounter } from '../../core/effects.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Metadata } from './payload.ts';

export type Channel = {
  id: string;
  name: string;
  kind: 'public' | 'private' | 'im';
  /** Whether the app is in it. */
  isMember: boolean;
  isArchived: boolean;
  /** Of a direct message. */
  user?: string;
};

export type Person = { id: string; name: string; email: string; isDeleted: boolean };

export type Message = {
  channel: string;
  /** Epoch seconds with six decimals: what a message is called in its channel. */
  ts: string;
  at: number;
  text: string;
  blocks: JsonObject[];
  sequences: string[];
  threadTs?: string;
  metadata?: Metadata;
  edited?: number;
};

/** Every state change of the simulator; the journal is a list of these. Times are epoch milliseconds. */
export type SlackEvent =
  | { type: 'channel-set'; channel: Channel }
  | { type: 'person-set'; person: Person }
  | { type: 'posted'; message: Message }
  | { type: 'updated'; message: Message }
  | { type: 'counters-kept'; lastMicros: number; effects: unknown };

const KEPT = 5_000;

const channel = (id: string, name: string, more: Partial<Channel> = {}): Channel => ({
  ...{ id, name, kind: 'public', isMember: true, isArchived: false },
  ...more,
});
const CHANNELS = [
  channel('C0SALES', 'sales'),
  channel('C0ALERTS', 'alerts'),
  channel('C0OLD', 'old', { isArchived: true }),
  channel('C0OTHERS', 'others', { isMember: false }),
  channel('G0BOARD', 'board', { kind: 'private' }),
];
const PEOPLE: Person[] = [
  { id: 'U0ADA', name: 'Ada', email: 'ada@example.com', isDeleted: false },
  { id: 'U0GRACE', name: 'Grace', email: 'grace@example.com', isDeleted: false },
  { id: 'U0GONE', name: 'Gone', email: 'gone@example.com', isDeleted: true },
];

/** Channels, people and messages. It changes through `apply` alone, live and at replay. */
export class Workspace {
  readonly channels = new Map<string, Channel>();
  readonly people = new Map<string, Person>();
  messages: Message[] = [];
  readonly effects = new EffectCounter();
  private lastMicros = 0;

  constructor() {
    this.clear();
  }

  apply(event: SlackEvent): void {
    switch (event.type) {
      case 'channel-set':
        this.channels.set(event.channel.id, event.channel);
        return;
      case 'person-set':
        this.people.set(event.person.id, event.person);
        return;
      case 'posted':
        this.messages = [...this.messages, event.message].slice(-KEPT);
        this.lastMicros = Math.max(this.lastMicros, microsOf(event.message.ts));
        this.effects.countCreated(nameOf(event.message));
        return;
      case 'updated':
        this.messages = this.messages.map((one) => (isSame(one, event.message) ? event.message : one));
        this.effects.countUpdated(nameOf(event.message));
        return;
      case 'counters-kept':
        this.lastMicros = event.lastMicros;
        this.effects.clear();
        this.effects.restore(event.effects);
    }
  }

  /** A name for a message that nothing else has. */
  nextTs(now: number): string {
    const micros = Math.max(now * 1_000, this.lastMicros + 1);
    return `${Math.floor(micros / 1e6)}.${String(micros % 1e6).padStart(6, '0')}`;
  }

  find(channelId: string, ts: string): Message | undefined {
    return this.messages.find((message) => message.channel === channelId && message.ts === ts);
  }

  /** The direct messages of a person, once there are any. */
  directOf(user: string): Channel | undefined {
    return [...this.channels.values()].find((one) => one.kind === 'im' && one.user === user);
  }

  *snapshot(): Generator<SlackEvent> {
    for (const one of this.channels.values()) yield { type: 'channel-set', channel: one };
    for (const person of this.people.values()) yield { type: 'person-set', person };
    for (const message of this.messages) yield { type: 'posted', message };
    yield { type: 'counters-kept', lastMicros: this.lastMicros, effects: this.effects.snapshot() };
  }

  clear(): void {
    this.channels.clear();
    this.people.clear();
    for (const one of CHANNELS) this.channels.set(one.id, one);
    for (const person of PEOPLE) this.people.set(person.id, person);
    this.messages = [];
    this.lastMicros = 0;
    this.effects.clear();
  }
}

function isSame(a: Message, b: Message): boolean {
  return a.channel === b.channel && a.ts === b.ts;
}

/** What makes a message the same one: the reference of its sender, else its text. */
function nameOf({ channel: id, text, metadata }: Message): string {
  const reference = metadata?.event_payload['reference'];
  return `${id} ${typeof reference === 'string' ? reference : text}`;
}

function microsOf(ts: string): number {
  return Math.round(Number(ts) * 1e6);
}
