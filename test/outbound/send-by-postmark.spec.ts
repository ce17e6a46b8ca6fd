import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answered } from '../support/letters-flow.js';
import { note, withLetters } from '../support/letters-world.js';
import { postmarkToken } from '../support/mail-sandbox.js';

const w = withLetters();

describe('a mail by Postmark', () => {
  beforeAll(() =>
    w.start({ POSTMARK_SERVER_TOKEN: postmarkToken, POSTMARK_BASE_URL: `${w.sandbox.url}/postmark` }),
  );
  afterAll(() => w.spine.stop());

  it('whose answer was lost is not sent again: a retry finds it by our reference', async () => {
    await w.mail.fault('/email', 'reset-after');
    const { event, name } = await w.want(note());
    const run = await w.runIs(event, 'held');
    expect(await w.effectOf(run)).toMatchObject({ state: 'uncertain' });
    await w.retry(run);
    await w.runIs(event, 'done');
    const [arrived, ...others] = await w.mail.mails();
    expect(others).toEqual([]);
    expect(answered.get(name)).toMatchObject({ messageId: arrived?.messageId, via: 'postmark' });
    expect((await w.effectOf(run)).provider_id).toBe(answered.get(name)?.providerId);
  });

  it('to somebody whom Postmark holds back says so', async () => {
    await w.done(note());
    await w.mail.admin('POST', '/mail/mails/1/bounce', {
      url: `${w.sandbox.url}/nowhere`,
      user: 'u',
      password: 'p',
    });
    const { result } = await w.done(note());
    expect(result).toMatchObject({ via: 'none', accepted: [], suppressed: ['ada@example.com'] });
    expect(await w.mail.mails()).toHaveLength(1);
  });
});
