import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Suppressions } from '../../src/modules/outbound/persistence/suppressions.js';
import { note, withLetters } from '../support/letters-world.js';

const w = withLetters();

describe('what comes back', () => {
  beforeAll(() => w.startWithSmtp());
  afterAll(() => w.spine.stop());
  const listed = () => w.spine.get(Suppressions).list({}, 10);

  it('for good from an address to which a mail of ours went suppresses it', async () => {
    const { result } = await w.done(note());
    const originalReference = result.messageId;
    expect(await w.bounced({ originalReference, permanent: false })).toMatchObject({ suppressed: false });
    expect(await w.bounced({ originalReference, recipient: 'eve@example.com' })).toMatchObject({
      suppressed: false,
    });
    expect(await listed()).toEqual([]);
    expect(await w.bounced({ originalReference, recipient: 'ADA@example.com' })).toEqual({
      ...{ suppressed: true, reason: 'bounce' },
    });
    expect(await listed()).toMatchObject([{ address: 'ada@example.com', reason: 'bounce' }]);
    const audit = await w.db.database.query(
      `select from audit.entries where action = 'outbound.address-suppressed' and body not like '%ada%'`,
    );
    expect(audit).toHaveLength(1);
  });

  it.each([
    ['about a mail that was never sent', { originalReference: '<forged@example.com>' }],
    ['about nothing', { originalReference: undefined }],
    ['for an address that is none', { recipient: 'nobody' }],
  ])('%s suppresses nothing: anybody can write a report', async (_, more) => {
    expect(await w.bounced(more)).toMatchObject({ suppressed: false });
    expect(await listed()).toEqual([]);
  });

  it('by a provider’s own webhook, and every complaint, suppresses', async () => {
    await w.bounced({ originalReference: '0a1b2c3d-0000-4000-8000-000000000001' });
    await w.bounced({
      ...{ originalReference: '0a1b2c3d-0000-4000-8000-000000000002', kind: 'complaint' },
      ...{ recipient: 'bob@example.com', permanent: false },
    });
    expect((await listed()).map(({ address, reason }) => [address, reason])).toEqual([
      ['bob@example.com', 'complaint'],
      ['ada@example.com', 'bounce'],
    ]);
  });

  it('is not held against an address that a person took back, unless it is newer', async () => {
    const originalReference = '0a1b2c3d-0000-4000-8000-000000000003';
    await w.bounced({ originalReference });
    const [one] = await listed();
    await w.spine.get(Suppressions).remove(one!.id, { actor: 'key:test', reason: 'it works again' });
    await w.bounced({ originalReference });
    expect(await listed()).toEqual([]);
    await w.bounced({ originalReference, at: '2999-01-01T00:00:00.000Z' });
    expect(await listed()).toHaveLength(1);
  });
});
