import { describe, expect, it } from 'vitest';
import { repairCasing } from './name-casing.js';

describe('repaired casing', () => {
  it.each([
    ['JANE DOE', 'Jane Doe'],
    ['jane doe', 'Jane Doe'],
    ["SEAN O'NEIL", "Sean O'Neil"],
    ['sean o’neil', 'Sean O’Neil'],
    ['RONALD MCDONALD', 'Ronald McDonald'],
    ['anne-marie smith-jones', 'Anne-Marie Smith-Jones'],
    ['JAN VAN DE BERG', 'Jan van de Berg'],
    ['ÉLODIE ÇELIK', 'Élodie Çelik'],
    ['HENRY FORD III', 'Henry Ford III'],
    ['J.R. EWING', 'J.R. Ewing'],
    ['ИВАН ПЕТРОВ', 'Иван Петров'],
  ])('%s becomes %s', (given, expected) => {
    expect(repairCasing(given)).toBe(expected);
  });

  it.each(['Jane Doe', 'danah Boyd', 'McDonald', 'van de Berg', '山田太郎', 'محمد', 'X', ''])(
    '%j stays',
    (name) => {
      expect(repairCasing(name)).toBe(name);
    },
  );

  it('keeps the particle small that begins a family name', () => {
    expect(repairCasing('VAN DEN BERG', true)).toBe('van den Berg');
    expect(repairCasing('LA', true)).toBe('La');
  });
});
