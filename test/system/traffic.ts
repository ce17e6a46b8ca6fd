import { randomBytes } from 'node:crypto';
import { bodyOf } from './sender.ts';
import type { Answer, Sender } from './sender.ts';
import { followUp, submissions } from './people.ts';
import type { Submission } from './people.ts';
import { Random } from './random.ts';

/** One thing that the sender does, and what it must be answered. */
interface Act {
  readonly name: keyof TrafficCounts;
  readonly expects: string;
  run(sender: Sender): Promise<readonly Answer[]>;
}

export interface TrafficCounts {
  readonly submissions: number;
  readonly duplicates: number;
  readonly malformed: number;
  readonly forged: number;
  /** Of the submissions: by people who had written before. */
  readonly followUps: number;
}

export interface Traffic {
  readonly counts: TrafficCounts;
  /**
   * Sends everything.
   * @param beforeFollowUps awaited before people write again
   * @returns what was answered otherwise than it must be, in words
   */
  send(sender: Sender, beforeFollowUps: () => Promise<void>): Promise<string[]>;
}

/** Seeded traffic as a website's form makes it: people, some of them twice, retries of the sender, noise and forgeries. */
export function planTraffic(seed: number, count: number): Traffic {
  const random = new Random(seed);
  const counts = {
    submissions: count,
    duplicates: Math.ceil(count / 4),
    malformed: Math.max(4, Math.ceil(count / 20)),
    forged: Math.max(3, Math.ceil(count / 20)),
    followUps: Math.floor(count / 8),
  };
  const first = submissions(seed, count - counts.followUps);
  const late = random.shuffle(first).slice(0, counts.followUps);
  const repeated = random.shuffle(first).slice(0, counts.duplicates);
  const half = repeated.length >> 1;
  const together = new Set(repeated.slice(0, half));
  const noise = submissions(seed + 1, counts.malformed + counts.forged);
  const opening = random.shuffle([
    ...first.map((one) => genuine(one, together.has(one) ? 2 : 1)),
    ...noise.slice(0, counts.malformed).map((one, index) => malformed(one, index)),
    ...noise.slice(counts.malformed).map((one, index) => forged(one, index)),
  ]);
  return {
    counts,
    async send(sender, beforeFollowUps) {
      const wrong = await perform(sender, opening);
      wrong.push(...(await perform(sender, repeated.slice(half).map(again))));
      await beforeFollowUps();
      const followUps = late.map((one) => genuine(followUp(one, random), 1));
      return [...wrong, ...(await perform(sender, followUps))];
    },
  };
}

const atOnce = 16;

async function perform(sender: Sender, acts: readonly Act[]): Promise<string[]> {
  const waiting = [...acts];
  const wrong: string[] = [];
  const work = async (): Promise<void> => {
    for (let act = waiting.shift(); act; act = waiting.shift()) {
      const answers = await act.run(sender);
      const said = answers.map(({ status, body }) =>
        body['duplicate'] === true ? `${status} again` : `${status}`,
      );
      if (said.sort().join(', ') !== act.expects) {
        wrong.push(`${act.name} were answered ${said.join(', ')} instead of ${act.expects}`);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return wrong;
}

/** @param times how often it is sent at the same moment, as a sender does whose first try was slow */
function genuine(submission: Submission, times: 1 | 2): Act {
  return {
    name: times === 1 ? 'submissions' : 'duplicates',
    expects: times === 1 ? '202' : '202, 202 again',
    run: (sender) => Promise.all(Array.from({ length: times }, () => sender.deliver(submission))),
  };
}

/** The sender's retry of what it was answered for already. */
function again(submission: Submission): Act {
  return {
    name: 'duplicates',
    expects: '202 again',
    run: async (sender) => [await sender.deliver(submission)],
  };
}

/** Genuine, and not what the form asks for. */
function malformed(submission: Submission, index: number): Act {
  const { email: _email, ...withoutEmail } = submission.data;
  const bodies = [
    bodyOf(submission).slice(0, -10),
    bodyOf({ ...submission, data: withoutEmail }),
    bodyOf({ ...submission, data: { ...submission.data, email: 'not an address' } }),
    JSON.stringify({ type: 'form.submitted', timestamp: submission.submittedAt, data: ['a', 'list'] }),
  ];
  return {
    name: 'malformed',
    expects: '400',
    run: async (sender) => [await sender.send(submission, { body: bodies[index % bodies.length] })],
  };
}

/** Signed by somebody else, or signed an hour ago. */
function forged(submission: Submission, index: number): Act {
  const options =
    index % 3 === 2
      ? { signedAt: new Date(Date.now() - 3_600_000) }
      : { secret: `whsec_${randomBytes(32).toString('base64')}` };
  return { name: 'forged', expects: '401', run: async (sender) => [await sender.send(submission, options)] };
}
