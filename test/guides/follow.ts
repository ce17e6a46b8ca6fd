import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const copied = [
  'src',
  'test',
  'sandbox',
  'migrations',
  'docs',
  'package.json',
  'tsconfig.json',
  'tsconfig.check.json',
];

/** A part of a guide: a new file, or a change of one that exists. */
interface Part {
  readonly path: string;
  readonly kind: 'ts' | 'diff';
  readonly text: string;
}

/** What a guide says in code: a line that is nothing but a path in backticks, then a block of code. */
export function partsOf(guide: string): Part[] {
  const text = readFileSync(join(root, 'docs/guides', guide), 'utf8');
  return [...text.matchAll(/^`([^`\n]+)`\n\n```(ts|diff)\n([\s\S]*?)^```$/gm)].map(
    ([, path = '', kind, code = '']) => ({ path, kind: kind as Part['kind'], text: code }),
  );
}

/** A copy of the repository, in which the guides are followed to the letter. */
export class Copy {
  readonly path = mkdtempSync(join(tmpdir(), 'signalbox-guide-'));

  constructor() {
    for (const name of [...copied, 'vitest.config.ts', 'nest-cli.json'])
      cpSync(join(root, name), join(this.path, name), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(this.path, 'node_modules'));
  }

  /** @returns the files that it made */
  follow(guide: string): string[] {
    return partsOf(guide).map(({ path, kind, text }) => {
      const file = join(this.path, path);
      mkdirSync(dirname(file), { recursive: true });
      if (kind === 'ts') writeFileSync(file, text, { flag: 'wx' });
      else writeFileSync(file, changed(readFileSync(file, 'utf8'), text, path));
      return path;
    });
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/**
 * A line with `+` comes behind the line before it; one with `-` is the beginning of a line, and the `+` behind it what is
 * there instead.
 */
function changed(file: string, diff: string, path: string): string {
  let result = file;
  let before = '';
  for (const line of diff.trimEnd().split('\n')) {
    const [sign, words] = [line[0], line.slice(1)];
    if (sign !== '+') {
      before = words;
      if (!result.includes(words)) throw new Error(`${path} has no line "${words}"`);
      if (sign === '-') result = result.replace(words, '\u0000');
    } else if (result.includes('\u0000')) result = result.replace('\u0000', words);
    else result = result.replace(before, `${before}\n${words}`);
  }
  return result;
}
