import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { CATALOGUE } from '../../src/shared/config/catalogue.js';
import { renderVariables } from '../../src/shared/config/documentation.js';

const document = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8');
const [, tables] = /<!-- variables -->\n\n([\s\S]*?)\n<!-- end of variables -->/.exec(document) ?? [];

describe('docs/configuration.md', () => {
  // On failure the difference shows the tables as they have to be.
  it('shows every variable with its shape and default as the catalogue has them', () => {
    expect(tables).toBe(renderVariables());
    for (const [name, { shape, defaultText }] of Object.entries(CATALOGUE)) {
      const row = tables?.split('\n').find((line) => line.startsWith(`| \`${name}\` `));
      expect(row).toContain(shape);
      expect(row).toContain(defaultText);
    }
  });

  it('names nothing that does not exist', () => {
    const named = [...document.matchAll(/`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|HOST|PORT)[`=]/g)].map(
      ([, name]) => name,
    );
    expect(named.length).toBeGreaterThan(20);
    expect([...new Set(named)].filter((name) => !(name! in CATALOGUE))).toEqual([]);
  });

  it('marks secrets', () => {
    for (const [name, { secret }] of Object.entries(CATALOGUE)) {
      const row = tables?.split('\n').find((line) => line.startsWith(`| \`${name}\` `));
      expect(row?.includes('_Secret._'), name).toBe(secret);
    }
  });
});
