import { describe, it } from 'vitest';

describe.only('new-lead', () => { // breaks: no-restricted-syntax
  it.only('writes the contact once', () => {}); // breaks: no-restricted-syntax
  it.concurrent.only('answers a duplicate as the first', () => {}); // breaks: no-restricted-syntax
  it('reads the environment', () => {
    const parsed = JSON.parse(process.env.SAMPLE ?? '{}');
    it(parsed.name, () => {});
  });
});
