import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ESLint } from 'eslint';
import { describe, expect, it } from 'vitest';

/**
 * The trees under lint-fixtures say at the end of a line what it breaks (`// breaks: rule …`). The
 * product's own configuration must report exactly these, so a rule that was switched off, or that
 * reaches further than it should, shows here.
 */
const fixtures = join(import.meta.dirname, 'lint-fixtures');

const eslint = new ESLint({
  cwd: fixtures,
  overrideConfigFile: join(import.meta.dirname, '../../eslint.config.mjs'),
  overrideConfig: {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { project: ['./tsconfig.json'], tsconfigRootDir: fixtures } },
  },
});

const promised = (file: string): string[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line, index) => {
      const rules = line.split('// breaks: ')[1]?.split(' ') ?? [];
      return rules.map((rule) => `${index + 1} ${rule}`);
    });

const results = await eslint.lintFiles(['**/*.{ts,mjs}']);

describe('lint rules', () => {
  it.each(results.map((result) => [relative(fixtures, result.filePath), result] as const))(
    '%s breaks what it says, and nothing else',
    (_, { filePath, messages }) => {
      const reported = messages.map(({ line, ruleId, message }) => `${line} ${ruleId ?? message}`);
      expect(reported.toSorted()).toEqual(promised(filePath).toSorted());
    },
  );

  it('every rule that guards the product is broken somewhere', () => {
    const rules = results.flatMap(({ messages }) => messages.map(({ ruleId }) => ruleId));
    expect([...new Set(rules)].toSorted()).toEqual(
      [
        '@typescript-eslint/consistent-type-imports',
        '@typescript-eslint/no-explicit-any',
        '@typescript-eslint/no-floating-promises',
        '@typescript-eslint/no-misused-promises',
        '@typescript-eslint/no-unsafe-argument',
        '@typescript-eslint/no-unsafe-assignment',
        '@typescript-eslint/no-unsafe-call',
        '@typescript-eslint/no-unsafe-member-access',
        '@typescript-eslint/no-unsafe-return',
        '@typescript-eslint/return-await',
        '@typescript-eslint/switch-exhaustiveness-check',
        'eqeqeq',
        'no-console',
        'no-restricted-exports',
        'no-restricted-imports',
        'no-restricted-properties',
        'no-restricted-syntax',
        'no-undef',
      ].toSorted(),
    );
  });
});
