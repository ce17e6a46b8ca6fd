import { setTimeout as sleep } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import { Agent, request } from 'undici';
import type { Submission } from './people.ts';

/** What a sender was told. Status 0: there was no answer. */
export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly tookMs: number;
}

export interface SendOptions {
  /** Signs with another secret than the channel's. */
  readonly secret?: string;
  readonly signedAt?: Date;
  /** Sends these bytes instead of the submission's. */
  readonly body?: string;
}

/** How long a sender goes on with a submission that nobody takes. */
const patienceMs = 90_000;
const retryMs = 250;

/** A form service: signs as Standard Webhooks' own library does, and sends again what was not accepted. */
export class Sender {
  /** What a 2xx was received for, by the sender's id. The proof begins here. */
  readonly accepted = new Map<string, Submission>();
  /** How often each status was answered. */
  readonly counts = new Map<number, number>();
  private readonly urls: () => readonly string[];
  private readonly secret: string;
  private readonly agent = new Agent({ connections: 16, keepAliveTimeout: 20_000 });
  private turn = 0;

  /** @param urls of the application's processes, asked before each try; they take turns */
  constructor(urls: () => readonly string[], secret: string) {
    this.urls = urls;
    this.secret = secret;
  }

  /** Sends once. Never rejects: no answer is an answer too. */
  async send(submission: Submission, options: SendOptions = {}): Promise<Answer> {
    const body = options.body ?? bodyOf(submission);
    const signedAt = options.signedAt ?? new Date();
    const signature = new Webhook(options.secret ?? this.secret).sign(submission.id, signedAt, body);
    const answer = await this.post('/webhooks/forms/contact', body, {
      'content-type': 'application/json',
      'webhook-id': submission.id,
      'webhook-timestamp': String(Math.floor(signedAt.getTime() / 1000)),
      'webhook-signature': signature,
    });
    this.counts.set(answer.status, (this.counts.get(answer.status) ?? 0) + 1);
    if (answer.status >= 200 && answer.status < 300) this.accepted.set(submission.id, submission);
    return answer;
  }

  /** Sends until there is an answer for good: 2xx, or a 4xx other than 429. @throws Error when there is none in time */
  async deliver(submission: Submission): Promise<Answer> {
    const end = performance.now() + patienceMs;
    for (;;) {
      const answer = await this.send(submission);
      if (answer.status >= 200 && answer.status < 500 && answer.status !== 429) return answer;
      if (performance.now() > end) throw new Error(`${submission.id} was not taken: last ${answer.status}`);
      await sleep(retryMs);
    }
  }

  /**
   * Delivers all, several at a time; those of one person one after the other, in their order.
   * @returns the answers, in the order of the submissions
   */
  async deliverAll(items: readonly Submission[], atOnce = 16): Promise<Answer[]> {
    const answers = new Map<string, Answer>();
    const people = [...Map.groupBy(items, ({ email }) => email).values()];
    const work = async (): Promise<void> => {
      for (let next = people.shift(); next; next = people.shift()) {
        for (const submission of next) answers.set(submission.id, await this.deliver(submission));
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    return items.map(({ id }) => answers.get(id) as Answer);
  }

  async close(): Promise<void> {
    await this.agent.destroy();
  }

  private async post(path: string, body: string, headers: Record<string, string>): Promise<Answer> {
    const urls = this.urls();
    this.turn += 1;
    const url = `${urls[this.turn % urls.length]}${path}`;
    const started = performance.now();
    const took = (): number => performance.now() - started;
    try {
      const signal = AbortSignal.timeout(15_000);
      const answer = await request(url, { method: 'POST', body, headers, dispatcher: this.agent, signal });
      const text = await answer.body.text();
      return { status: answer.statusCode, body: parse(text), tookMs: took() };
    } catch {
      return { status: 0, body: {}, tookMs: took() };
    }
  }
}

/** The request body of a submission. */
export function bodyOf({ submittedAt, data }: Submission): string {
  return JSON.stringify({ type: 'form.submitted', timestamp: submittedAt, data });
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}
