import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cut, fileName, oneLine, plainText } from './clean-text.js';
import { replyOf } from './reply-text.js';

const attribution = 'On Fri, 20 Nov 2026 at 12:10, Support <support@example.com> wrote:';

describe('the history below an answer is left out', () => {
  it.each([
    ['a quote with who wrote it', `Thanks.\n\n${attribution}\n> It is\n>\n> on its way.\n`],
    [
      'who wrote it, on two lines',
      'Thanks.\n\nOn Fri, 20 Nov 2026 Support\n<support@example.com> wrote:\n\n> x',
    ],
    ['who wrote it, in German', 'Thanks.\n\nAm 20.11.2026 schrieb Support:\n\n> x\n'],
    ['who alone wrote it', 'Thanks.\n\nSupport wrote:\n> x'],
    ['a quote alone', 'Thanks.\n\n> x\n> y\n\n'],
    ['what is not marked as a quote', `Thanks.\n\n${attribution}\n\nIt is on its way.`],
    [
      'the same on two lines',
      'Thanks.\n\nOn 20 Nov 2026 at 12:10, Support\n<support@example.com> wrote:\n\nIt is.',
    ],
    ['an original message', 'Thanks.\n\n-----Original Message-----\nFrom: Support\nSubject: x\n\nIt is.'],
    [
      'Outlook’s block',
      'Thanks.\n\n________________________________\nFrom: Support <s@example.com>\nSent: Friday\nTo: Ada\n\nIt is.',
    ],
    ['Outlook’s block in German', 'Thanks.\n\nVon: Support\nGesendet: Freitag\nAn: Ada\n\nIt is.'],
    ['a quote above an original message', 'Thanks.\n\n> x\n\n-----Original Message-----\nx'],
  ])('%s', (_what, text) => {
    expect(replyOf(text)).toBe('Thanks.');
  });
});

describe('what a person wrote stays', () => {
  it.each([
    ['answers between quotes', `${attribution}\n> one?\nYes.\n> two?\nNo.`],
    ['an answer below a quote', `Hi.\n\n${attribution}\n> one?\nYes.`],
    ['a forward that ends with a quote', '-----Original Message-----\nPlease see.\n> x'],
    ['a text below a quote', '> one?\n\nYes.'],
    ['a forward', '-----Original Message-----\nFrom: x\nSent: Friday\n\nPlease see.'],
    ['a forwarded block', 'From: x@example.com\nSent: Friday\nTo: y\n\nPlease see.'],
    ['nothing but a quote', '> only\n> this'],
    ['a line that ends with wrote:', 'On Monday my colleague wrote:\nIt is broken.'],
    ['a line that begins with From:', 'Two facts.\n\nFrom: my side all is well\nSee you.'],
    ['dashes', 'One\n-----\nTwo'],
  ])('%s', (_what, text) => {
    expect(replyOf(text)).toBe(text);
  });

  it('above who wrote the quote, however it begins', () => {
    expect(replyOf('On it now.\n\nSupport wrote:\n> x')).toBe('On it now.');
  });

  it('whatever it is, it is a part of the text, and not empty unless the text is', () => {
    const piece = fc.constantFrom(
      '> x',
      attribution,
      '-----Original Message-----',
      'From: a',
      'Sent: b',
      '',
      'Hello',
      '__',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string({ unit: 'binary' }))), (lines) => {
        const text = lines.join('\n');
        const reply = replyOf(text);
        expect(text).toContain(reply);
        if (text.trim() !== '') expect(reply).not.toBe('');
      }),
    );
  });

  it('even of a text of many quotes it is found in time', { timeout: 2_000 }, () => {
    for (const line of [
      '> x',
      attribution,
      'On 2026 <a@example.com> wrote',
      'wrote '.repeat(90),
      'From: x',
      '',
    ]) {
      replyOf(`${line}\n`.repeat(100_000));
    }
  });
});

describe('text from outside', () => {
  it.each([
    ['a\r\nBcc: x\0\u202ey', 'a Bcc: x y'],
    ['  a \t b\u200b ', 'a b'],
    ['\ud800', ''],
  ])('%o is the line %o', (text, line) => {
    expect(oneLine(text, 100)).toBe(line);
  });

  it('keeps its lines where it may have some', () => {
    expect(plainText('\ta\r\nb\rc\0\u202e \ud800', 100)).toBe('a\nb\nc');
  });

  it('is never cut within a character', () => {
    expect([cut('a🙂', 2), cut('a🙂', 3), oneLine('a🙂', 2)]).toEqual(['a', 'a🙂', 'a']);
  });

  it.each([
    ['../../etc/passwd', 'passwd'],
    ['C:\\temp\\a.txt', 'a.txt'],
    ['\u202egpj.exe', 'gpj.exe'],
    ['a<b>:"|?*\n.txt', 'a_b______ .txt'],
    ['..', 'file'],
    ['.hidden', 'hidden'],
    ['', 'file'],
    [`${'x'.repeat(300)}.pdf`, `${'x'.repeat(196)}.pdf`],
    ['x'.repeat(300), 'x'.repeat(200)],
  ])('names the file %o as %o', (given, name) => {
    expect(fileName(given)).toBe(name);
  });

  it('names every file, in 200 characters without paths', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 500 }), (given) => {
        expect(fileName(given)).toMatch(/^[^/\\\p{Cc}]{1,200}$/u);
      }),
    );
  });
});
