import { describe, expect, it } from 'vitest';
import { isOneEditAway } from './typo.js';

describe('one edit', () => {
  it.each(['gmial.com', 'gmal.com', 'gmaill.com', 'gmajl.com', 'gmail.con', 'gmail.co', 'mgail.com'])(
    'leads from %s to gmail.com',
    (typo) => {
      expect(isOneEditAway(typo, 'gmail.com')).toBe(true);
    },
  );

  it.each(['gmail.com', 'example.com', 'gmx.com', 'ggmaill.com', ''])(
    'does not lead from %j to gmail.com',
    (other) => {
      expect(isOneEditAway(other, 'gmail.com')).toBe(false);
    },
  );
});
