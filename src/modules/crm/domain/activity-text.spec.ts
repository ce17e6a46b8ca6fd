import { describe, expect, it } from 'vitest';
import { htmlOf, signedWith, titleOf } from './activity-text.js';

describe('text of a note or task', () => {
  it('shows every character as it is written, and line breaks as such', () => {
    expect(htmlOf('a <b> & "c"\r\n\'d\'\n')).toBe('a &lt;b&gt; &amp; &quot;c&quot;<br>&#39;d&#39;');
    expect(htmlOf('<script>alert(1)</script>')).not.toContain('<script');
  });

  it('loses control characters and halves of characters', () => {
    expect(htmlOf('a\u0000b\u0007c \ud800 \u{1f600}')).toBe('a b c \ufffd \u{1f600}');
  });

  it('is cut between characters, never within what stands for one', () => {
    const html = htmlOf('&'.repeat(30_000));
    expect(html.length).toBeLessThanOrEqual(60_000);
    expect(html.endsWith('&amp;')).toBe(true);
    expect(signedWith(html, 'sbx-1').endsWith('<br><br>sbx-1')).toBe(true);
  });

  it('without any is the reference alone', () => expect(signedWith(htmlOf(' \n'), 'sbx-1')).toBe('sbx-1'));

  it('in a title is one line', () => {
    expect(titleOf(' Call\n the\tlead ')).toBe('Call the lead');
    expect(titleOf('\u{1f600}'.repeat(400)).length).toBeLessThanOrEqual(500);
    expect(titleOf('\u{1f600}'.repeat(400)).isWellFormed()).toBe(true);
  });
});
