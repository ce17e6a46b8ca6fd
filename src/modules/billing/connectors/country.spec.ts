import { expect, it } from 'vitest';
import { countryOf } from './country.js';

it.each([
  ['DE', 'DE'],
  ['gb', 'GB'],
  ['Germany', 'DE'],
  [' The Netherlands ', 'NL'],
  ['U.K.', 'GB'],
  ['United States of America', 'US'],
  ['New Zealand', 'NZ'],
  ['Atlantis', undefined],
  ['ZZ', undefined],
  ['constructor', undefined],
  ['', undefined],
  [49, undefined],
])('%s is %s', (text, code) => {
  expect(countryOf(text)).toBe(code);
});
