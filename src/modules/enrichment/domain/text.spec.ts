import { describe, expect, it } from 'vitest';
import { cleanText, foldText, isBlank } from './text.js';

describe('cleaned text', () => {
  it.each([
    ['Jane\r\nBcc: all@example.com', 'Jane Bcc: all@example.com'],
    ['a\u0000b\u001b[31mc', 'a b [31mc'],
    ['\u202egnp.exe\u202c', 'gnp.exe'],
    ['  two   spaces\t', 'two spaces'],
    ['Jose\u0301', 'José'],
    ['half \ud83d pair', 'half pair'],
    ['👍 whole', '👍 whole'],
  ])('%j becomes %j', (value, expected) => {
    expect(cleanText(value)).toBe(expected);
  });

  it('is bounded and never ends in half a character', () => {
    const text = cleanText(`${'a'.repeat(299)}😀${'b'.repeat(10_000)}`);
    expect(text).toBe('a'.repeat(299));
    expect(cleanText('\ufdfa'.repeat(5000), 50).length).toBeLessThanOrEqual(50);
  });

  it('is compared without case, accents and punctuation', () => {
    expect(foldText(" Côte-d'Ivoire. ")).toBe('cote d ivoire');
  });

  it('counts white space as nothing written', () => {
    expect([isBlank(undefined), isBlank(' \t\n'), isBlank('0')]).toEqual([true, true, false]);
  });
});
