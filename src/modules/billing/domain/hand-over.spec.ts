import { describe, expect, it } from 'vitest';
import { dues, invoice, plan, sent } from '../../../../test/support/dunning.js';

describe('what a person is to take over', () => {
  const at = (now: string, part: Parameters<typeof dues>[0]) => plan(dues({ now, ...part }));
  const invoices = [
    invoice({}),
    invoice({ invoiceId: 'b', status: 'disputed' }),
    invoice({ invoiceId: 'c' }),
  ];
  const asked = (part: Parameters<typeof dues>[0]) => at('2026-11-06T12:00Z', { handOver: 'asked', ...part });
  const ids = ['b', 'c', 'i1'].map((invoiceId) => ({ invoiceId, step: 'hand-over' }));

  it('is all that is due or disputed, wherever it stands', () => {
    expect(asked({ invoices })).toEqual({ outcome: 'hand-over', reason: 'asked', invoices: ids });
  });

  it('is not what a person has, and nothing when that is all', () => {
    const history = [
      sent('hand-over', '2026-11-05T12:00Z', 'b'),
      sent('hand-over', '2026-11-05T12:00Z', 'c'),
    ];
    expect(asked({ invoices, sent: history })).toMatchObject({ invoices: [{ invoiceId: 'i1' }] });
    const all = [...history, sent('hand-over', '2026-11-05T12:00Z')];
    expect(asked({ invoices, sent: all })).toMatchObject({ outcome: 'wait', why: 'with-a-person' });
    expect(asked({ invoices: [] })).toEqual({ outcome: 'nothing-due', why: 'paid' });
  });

  it('is not asked about as a dispute again', () => {
    const history = invoices.map(({ invoiceId }) => sent('hand-over', '2026-11-05T12:00Z', invoiceId));
    expect(at('2026-11-06T12:00Z', { invoices, sent: history })).toMatchObject({ why: 'with-a-person' });
  });
});
