// Everything that CI runs, in one order, stopping at the first failure: `npm run check`.
// `npm run check -- --fast` leaves the tests out, for when they have just run.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { requireNode } from './lib/node-version.mjs';
import { runToEnd } from './lib/run.mjs';

requireNode('npm run check');
const root = join(import.meta.dirname, '..');
const modules = (path) => join(root, 'node_modules', path);
const folders = (...names) => names.filter((name) => existsSync(join(root, name)));

const steps = [
  { name: 'types', run: [modules('typescript/bin/tsc'), '-p', 'tsconfig.check.json'] },
  { name: 'lint', run: [modules('eslint/bin/eslint.js'), '.'] },
  { name: 'format', run: [modules('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '.'] },
  {
    name: 'import rules',
    run: [
      modules('dependency-cruiser/bin/dependency-cruiser.mjs'),
      ...['--config', '.dependency-cruiser.mjs', '--output-type', 'err-long'],
      ...folders('src', 'sandbox', 'migrations'),
    ],
  },
  { name: 'build', run: [modules('@nestjs/cli/bin/nest.js'), 'build'] },
  { name: 'tests', slow: true, run: [join(root, 'scripts/test.mjs')] },
];

const options = process.argv.slice(2);
const unknown = options.filter((option) => option !== '--fast');
if (unknown.length > 0) fail(`check: unknown option ${unknown.join(' ')} (there is only --fast)`, 2);

const wanted = steps.filter((step) => !(step.slow && options.includes('--fast')));
const begun = performance.now();
for (const [index, step] of wanted.entries()) {
  console.log(`\n── ${index + 1}/${wanted.length} ${step.name}`);
  const stepBegun = performance.now();
  const { code, output } = await runToEnd(spawn(process.execPath, step.run, { cwd: root, stdio: 'inherit' }));
  const took = secondsSince(stepBegun);
  if (code !== 0)
    fail(`${output}── ${step.name} failed with exit code ${code} after ${took}; nothing ran after it`, code);
  console.log(`── ${step.name} passed in ${took}`);
}
console.log(`\ncheck: ${wanted.map((step) => step.name).join(', ')} passed in ${secondsSince(begun)}`);

function secondsSince(time) {
  return `${((performance.now() - time) / 1000).toFixed(1)} s`;
}

function fail(message, code) {
  console.error(message);
  process.exit(code);
}
