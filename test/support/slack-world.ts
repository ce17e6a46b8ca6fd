import { connectSlack, type SlackConnector } from '../../src/modules/outbound/connectors/connect-slack.js';
import type { Chat } from '../../src/modules/outbound/connectors/chat.js';
import type { ChatWorld } from '../../src/modules/outbound/connectors/chat-world.js';
import type { SlackSettings } from '../../src/modules/outbound/connectors/slack-settings.js';
import { LaneGates } from '../../src/shared/messaging/lane-gates.js';
import { FreeRates } from './free-rates.js';
import type { SandboxProcess } from './sandbox-under-test.js';

interface HeldMessage {
  readonly ts: string;
  readonly text: string;
  readonly blocks: readonly { text: { text: string } }[];
  readonly threadTs?: string;
  readonly sequences: readonly string[];
}

/** Slack's adapter over the simulator. */
export class SlackWorld implements ChatWorld {
  readonly places = { channel: 'C0SALES', other: 'C0ALERTS', person: 'U0ADA' };
  readonly nowhere = 'C0NOWHERE';
  readonly gates = new LaneGates();
  readonly rates = new FreeRates();
  readonly settings: SlackSettings;
  token: string | undefined = 'xoxb-sandbox';
  slack: SlackConnector;

  constructor(readonly sandbox: SandboxProcess) {
    this.settings = { baseUrl: `${sandbox.url}/slack/api`, botToken: async () => this.token };
    this.slack = this.connect();
  }

  connect(bounds: Parameters<typeof connectSlack>[3] = {}): SlackConnector {
    return connectSlack(this.settings, this.rates, this.gates, {
      ...{ timeoutMs: 1_500, maxBytes: 2_000_000 },
      ...bounds,
    });
  }

  get chat(): Chat {
    return this.slack.chat;
  }

  readonly messages = async (channel: string) => {
    const { messages } = (await this.admin('GET', `/messages?channel=${channel}`)) as {
      messages: HeldMessage[];
    };
    return messages.map(({ ts, text, blocks, threadTs, sequences }) => ({
      id: ts,
      text: unescaped(text),
      parts: blocks.map((block) => unescaped(block.text.text)),
      threadOf: threadTs,
      links: sequences,
    }));
  };

  /** Nothing slows it down: the simulator's limit is lifted. */
  readonly chatter = async (channel: string, count: number): Promise<void> => {
    await this.admin('PUT', '/settings', { ratePerSecond: 100_000, burst: 100_000, readsPerMinute: 100_000 });
    for (let n = 0; n < count; n += 1) await this.call('chat.postMessage', { channel, text: `chatter ${n}` });
  };

  async loseAnswer(): Promise<void> {
    await this.fault({ match: { path: 'chat.postMessage' }, kind: 'reset-after', times: 1 });
  }

  admin(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
    return this.sandbox.admin(method, `/slack${path}`, body);
  }

  fault(...rules: object[]): Promise<unknown> {
    return this.admin('POST', '/faults', rules);
  }

  private async call(method: string, args: object): Promise<unknown> {
    const answer = await fetch(`${this.settings.baseUrl}/${method}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(args),
    });
    return answer.json();
  }
}

/** As Slack shows it. */
function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
