import { beforeAll, describe, expect, it } from 'vitest';
import { worldTools, worldToolsWithLanguages } from '../world-tools.js';
import { languageCode, languageFindings, languageTags } from './language.js';
import type { LeadTools } from './tools.js';

let tools: LeadTools;
beforeAll(async () => {
  tools = await worldToolsWithLanguages();
});
const ofMessage = (message: string) => languageFindings({ message, locales: [] }, 16, tools)[0];

describe('the language of a message', () => {
  it.each([
    ['We would like a quote for forty seats, please call me next week.', 'en'],
    ['Ich interessiere mich für Ihr Produkt und hätte gern ein Angebot.', 'de'],
    ['Bonjour, je souhaite recevoir une démonstration de votre produit.', 'fr'],
    ['Wij willen graag een offerte ontvangen voor ons bedrijf.', 'nl'],
    ['Здравствуйте, хотим получить предложение', 'ru'],
    ['こんにちは、見積もりをお願いします', 'ja'],
    ['我们想要一份报价', 'zh'],
  ])('%s is %s', (message, language) => {
    expect(ofMessage(message)).toEqual({ field: 'language', value: language, rule: 'message' });
  });

  it.each([
    'Hi',
    '12345 67890 !!!',
    'https://example.com/a/very/long/address?with=words',
    '',
    'qzx '.repeat(3),
  ])('is not guessed from %j', (message) => {
    expect(ofMessage(message)).toBeUndefined();
  });

  it('is not read without a detector', () => {
    expect(
      languageFindings({ message: 'A message that is long enough', locales: [] }, 16, worldTools()),
    ).toEqual([]);
  });
});

describe('other hints at the language', () => {
  it.each([
    ['de-AT', 'de'],
    ['EN_us', 'en'],
    ['German', 'de'],
    ['Français', 'fr'],
    ['nb-NO', 'no'],
    ['tlh', undefined],
    ['xx', undefined],
    ['', undefined],
    ['__proto__', undefined],
  ])('%j is %s', (text, code) => {
    expect(languageCode(text)).toBe(code);
  });

  it('are read from an Accept-Language header by weight', () => {
    expect(languageTags('fr;q=0.4, de-CH, en;q=0.8, *;q=0.1, xx yy;q=9, it;q=0')).toEqual([
      'de-CH',
      'en',
      'fr',
    ]);
    expect(languageTags(undefined)).toEqual([]);
  });

  it('each carry their own rule', () => {
    expect(languageFindings({ given: 'German', locales: ['fr-CH'], country: 'IT' }, 16, tools)).toEqual([
      { field: 'normalized.language', value: 'de', rule: 'given-language' },
      { field: 'language', value: 'fr', rule: 'locale' },
      { field: 'language', value: 'it', rule: 'country-language' },
    ]);
  });
});
