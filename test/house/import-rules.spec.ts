import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type ICruiseOptions, type ICruiseResult, cruise } from 'dependency-cruiser';
import extractDepcruiseOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const fixtures = join(import.meta.dirname, 'fixtures');

/** A tree on which no rule may fire: it uses every door that is open. */
const CLEAN = 'a-clean-house';

const options: ICruiseOptions = await extractDepcruiseOptions(join(root, '.dependency-cruiser.mjs'));
const rules = (options.ruleSet?.forbidden ?? []).map((rule) => rule.name ?? '(unnamed)');
const trees = readdirSync(fixtures);

async function cruiseTree(baseDir: string): Promise<ICruiseResult> {
  const rooms = ['src', 'sandbox', 'migrations'].filter((room) => existsSync(join(baseDir, room)));
  const { output } = await cruise(rooms, { ...options, baseDir, validate: true });
  if (typeof output === 'string') throw new Error(output);
  return output;
}

const broken = ({ summary }: ICruiseResult): string[] =>
  summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`);

describe('import rules', () => {
  it('every rule has a tree that breaks it, and every tree a rule', () => {
    expect(trees.toSorted()).toEqual([...rules, CLEAN].toSorted());
  });

  it.each(rules)('%s fires on its tree, and no other rule does', async (rule) => {
    const { summary } = await cruiseTree(join(fixtures, rule));
    expect([...new Set(summary.violations.map((violation) => violation.rule.name))]).toEqual([rule]);
    expect(summary.error).toBeGreaterThan(0);
  });

  it('every broken import of a tree with several is caught', async () => {
    expect(broken(await cruiseTree(join(fixtures, 'domain-is-pure')))).toHaveLength(4);
    expect(broken(await cruiseTree(join(fixtures, 'flows-import-contracts-only')))).toHaveLength(3);
    expect(broken(await cruiseTree(join(fixtures, 'kernel-imports-nothing')))).toHaveLength(2);
    expect(broken(await cruiseTree(join(fixtures, 'shared-knows-no-context')))).toHaveLength(2);
    expect(broken(await cruiseTree(join(fixtures, 'context-modules-only-in-app')))).toHaveLength(2);
  });

  it('a tree that keeps to the open doors breaks none', async () => {
    const result = await cruiseTree(join(fixtures, CLEAN));
    expect(broken(result)).toEqual([]);
    expect(result.summary.totalDependenciesCruised).toBeGreaterThan(25);
  });

  it('this product breaks none', async () => {
    const result = await cruiseTree(root);
    expect(broken(result)).toEqual([]);
    expect(result.modules.some(({ source }) => source === 'src/main.ts')).toBe(true);
  });
});
