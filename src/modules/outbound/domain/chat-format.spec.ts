import { describe, expect, it } from 'vitest';
import { escaped, sectionsOf } from './chat-format.js';

const texts = (...given: Parameters<typeof sectionsOf>): string[] =>
  sectionsOf(...given).map(({ text }) => text.text);

describe('a text for Slack', () => {
  it('is escaped once, without control characters', () => {
    expect(escaped('a <b> & &amp; c', 100)).toBe('a &lt;b&gt; &amp; &amp;amp; c');
    expect(escaped('a\u0000b\u202ec\r\nd\te', 100)).toBe('abc\nd\te');
  });

  it('is cut between characters, never within an escape or a pair', () => {
    expect(escaped('<<<', 9)).toBe('&lt;&lt;…');
    expect(escaped('<<<', 8)).toBe('&lt;…');
    expect(escaped('ab😀', 4)).toBe('ab…');
    expect(escaped('abc', 4)).toBe('abc');
  });

  it('that has no blocks is no section', () => {
    expect(sectionsOf('x', [])).toEqual([]);
  });
});

describe('blocks', () => {
  it('are sections below the text: a title, lines, a link', () => {
    const link = { label: 'Open', url: 'https://example.com/x?a=1&b=2' };
    expect(texts('T', [{ title: 'A & B', lines: ['one', 'two'], link }])).toEqual([
      'T',
      '*A &amp; B*\none\ntwo\n<https://example.com/x?a=1&amp;b=2|Open>',
    ]);
  });

  it('fit into Slack’s limit, whatever is in them, and keep their link', () => {
    const link = { label: '&'.repeat(500), url: 'https://example.com/' };
    for (const lines of [['&'.repeat(9_000)], Array.from({ length: 500 }, () => '&<>'.repeat(30))]) {
      const [, text = ''] = texts('&'.repeat(9_000), [{ title: '>'.repeat(9_000), lines, link }]);
      expect(text.length).toBeLessThanOrEqual(3_000);
      expect(text).toMatch(/\n<https:\/\/example\.com\/\|(&amp;)+…>$/);
      expect(text.replaceAll(/&(amp|lt|gt);/g, '')).not.toContain('&');
    }
  });

  it.each([
    ['none of an object', 'x'],
    ['a title that is no text', { title: 7 }],
    ['lines that are none', { lines: [7] }],
    ['a link without a label', { link: { url: 'https://example.com' } }],
    ['a link to a script', { link: { label: 'x', url: 'javascript:alert(1)' } }],
    ['nothing at all', {}],
  ])('%s are refused', (_, block) => {
    expect(() => sectionsOf('x', [block])).toThrow(
      expect.objectContaining({ code: 'OUTBOUND.CHAT_MESSAGE_INVALID' }),
    );
  });
});
