import assert from 'node:assert/strict';
import type { ChatPost } from './chat.js';
import type { ChatWorld } from './chat-world.js';

export interface ChatConformanceCase {
  readonly name: string;
  run(world: ChatWorld): Promise<void>;
}

function message(to: string, given: Partial<ChatPost> = {}): ChatPost {
  const reference = `sbx-${given.text ?? 'one'}`;
  return { to, text: 'one', blocks: [], threadOf: undefined, reference, plannedAt: new Date(), ...given };
}

const kindOf = (error: unknown): unknown => (error as { kind?: unknown }).kind;

/** What every adapter of `Chat` does, whatever the chat. Each case expects channels that are empty. */
export const chatConformance: readonly ChatConformanceCase[] = [
  {
    name: 'a message is in its channel, and found by its reference alone',
    async run({ chat, places, messages }) {
      const post = message(places.channel);
      assert.equal(await chat.find(post), undefined);
      const { channel, messageId } = await chat.post(post);
      assert.deepEqual(await chat.find(post), { channel, messageId });
      assert.equal(await chat.find({ ...post, reference: 'sbx-another' }), undefined);
      assert.equal(await chat.find({ ...post, to: places.other }), undefined);
      const [held, ...rest] = await messages(channel);
      assert.deepEqual([held?.id, held?.text, rest.length], [messageId, 'one', 0]);
    },
  },
  {
    name: 'one whose answer was lost is found',
    async run(world) {
      const post = message(world.places.channel);
      await world.loseAnswer();
      await assert.rejects(world.chat.post(post), (error) => kindOf(error) === 'transient');
      const found = await world.chat.find(post);
      assert.equal(found?.messageId, (await world.messages(world.places.channel))[0]?.id);
    },
  },
  {
    name: 'it is found among what others have written since, page after page',
    async run({ chat, places, chatter }) {
      const post = message(places.channel);
      const { messageId } = await chat.post(post);
      await chatter(places.channel, 250);
      assert.equal((await chat.find(post))?.messageId, messageId);
    },
  },
  {
    name: 'when more was written than is looked through, its absence proves nothing',
    async run({ chat, places, chatter }) {
      const post = message(places.channel);
      await chatter(places.channel, 600);
      await assert.rejects(chat.find(post), (error) => kindOf(error) === 'uncertain');
      // What is older than the message is no reason to doubt.
      assert.equal(await chat.find({ ...post, plannedAt: new Date(Date.now() + 3_600_000) }), undefined);
    },
  },
  {
    name: 'a reply is in its thread, and found there',
    async run({ chat, places, messages }) {
      const first = await chat.post(message(places.channel));
      const reply = message(places.channel, { text: 'reply', threadOf: first.messageId });
      assert.equal(await chat.find(reply), undefined);
      const { messageId } = await chat.post(reply);
      assert.equal((await chat.find(reply))?.messageId, messageId);
      assert.equal((await messages(places.channel))[1]?.threadOf, first.messageId);
    },
  },
  {
    name: 'a person gets it as a direct message',
    async run({ chat, places, messages }) {
      const post = message(places.person);
      const posted = await chat.post(post);
      assert.notEqual(posted.channel, places.person);
      assert.deepEqual(await chat.find(post), posted);
      assert.equal((await messages(posted.channel)).length, 1);
    },
  },
  {
    name: 'nothing in a text mentions or links; a link of a block does',
    async run({ chat, places, messages }) {
      const hostile = '<!channel> <@U0ADA> <https://evil.example|click> & co > all';
      const link = { label: hostile, url: 'https://example.com/a?b=1&c=<!here>|x' };
      await chat.post(
        message(places.channel, {
          text: hostile,
          blocks: [{ title: hostile, lines: [hostile, hostile] }, { link }],
        }),
      );
      const [held] = await messages(places.channel);
      assert.equal(held?.text, hostile);
      assert.equal(held?.links.length, 1);
      assert.match(held?.links[0] ?? '', /^<https:\/\/example\.com\/a\?b=1&amp;c=%3C!here%3E%7Cx\|/);
      assert.equal(held?.parts.length, 3);
    },
  },
  {
    name: 'a place that is not there is a permanent error',
    async run({ chat, nowhere }) {
      await assert.rejects(chat.post(message(nowhere)), (error) => kindOf(error) === 'permanent');
      await assert.rejects(chat.find(message(nowhere)), (error) => kindOf(error) === 'permanent');
      await assert.rejects(chat.post(message('#general')), (error) => kindOf(error) === 'permanent');
    },
  },
];
