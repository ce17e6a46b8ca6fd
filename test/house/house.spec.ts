import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { extname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');

const ROOMS = ['console', 'docker', 'docs', 'migrations', 'sandbox', 'scripts', 'src', 'test'];

const FILES = [
  '.ci',
  '.dependency-cruiser.mjs',
  '.dockerignore',
  '.gitignore',
  '.gitlab-ci.yml',
  '.prettierignore',
  '.prettierrc.json',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'LICENSE',
  'NOTICE',
  'README.md',
  'SECURITY.md',
  'eslint.config.mjs',
  'nest-cli.json',
  'package-lock.json',
  'package.json',
  'tsconfig.check.json',
  'tsconfig.json',
  'vitest.config.ts',
];

const LONGEST = 300;
/** In quotes it is a provider's word: a type of HubSpot's tasks is called so. */
const UNFINISHED = /(?<!['"])\b(TO{1}DO|FIX{1}ME)\b/;
const TEXT = ['.ts', '.tsx', '.mjs', '.js', '.json', '.md', '.yml', '.yaml', '.sql', '.sh', ''];

/** The names that .gitignore keeps out of the repository, and the repository's own folder. */
const ignored = ['.git', ...readFileSync(join(root, '.gitignore'), 'utf8').split('\n')]
  .map((line) => line.trim().replace(/^\/|\/$/g, ''))
  .filter((line) => line !== '' && !line.startsWith('#'));

const isIgnored = (name: string): boolean =>
  ignored.some((entry) => (entry.startsWith('*') ? name.endsWith(entry.slice(1)) : entry === name));

function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => !isIgnored(name))
    .map((name) => join(folder, name))
    .flatMap((path) => (statSync(path).isDirectory() ? filesIn(path) : [path]));
}

const named = (path: string): string => relative(root, path);
const lines = (path: string): string[] => readFileSync(path, 'utf8').trimEnd().split('\n');

describe('the house', () => {
  it('has only its own rooms and files at the top', () => {
    const strangers = readdirSync(root)
      .filter((name) => !isIgnored(name))
      .filter((name) => ![...ROOMS, ...FILES].includes(name));
    expect(strangers).toEqual([]);
  });

  it('every context says what it owns and what may be imported from it', () => {
    const contexts = readdirSync(join(root, 'src/modules'));
    const missing = contexts
      .flatMap((context) => [`src/modules/${context}/README.md`, `src/modules/${context}/contracts.ts`])
      .filter((path) => !existsSync(join(root, path)));
    expect(contexts.length).toBeGreaterThan(0);
    expect(missing).toEqual([]);
  });

  it(`no file in src is longer than ${LONGEST} lines`, () => {
    const files = filesIn(join(root, 'src'));
    const long = files.map((path) => ({ path: named(path), lines: lines(path).length }));
    expect(files.length).toBeGreaterThan(0);
    expect(long.filter((file) => file.lines > LONGEST)).toEqual([]);
  });

  it('nothing is left marked as unfinished', () => {
    const places = [...ROOMS, '.ci', ...FILES.filter((name) => name.endsWith('.md'))];
    const files = places
      .map((place) => join(root, place))
      .flatMap((path) => (existsSync(path) && statSync(path).isFile() ? [path] : filesIn(path)))
      .filter((path) => TEXT.includes(extname(path)));
    const marks = files.flatMap((path) =>
      lines(path).flatMap((line, index) => (UNFINISHED.test(line) ? [`${named(path)}:${index + 1}`] : [])),
    );
    expect(marks).toEqual([]);
  });
});
