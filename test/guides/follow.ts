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

/** The files that a guide makes, and how many lines it writes into others. */
interface Followed {
  readonly made: string[];
  readonly changed: Record<string, number>;
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

  follow(guide: string): Followed {
    const followed: Followed = { made: [], changed: {} };
    for (const { path, kind, text } of partsOf(guide)) {
      const file = join(this.path, path);
      mkdirSync(dirname(file), { recursive: true });
      if (kind === 'ts') {
        writeFileSync(file, text, { flag: 'wx' });
        followed.made.push(path);
      } else {
        writeFileSync(file, changed(readFileSync(file, 'utf8'), text, path));
        followed.changed[path] = text.match(/^\+/gm)?.length ?? 0;
      }
    }
    return followed;
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/**
 * Each line without `+` is the beginning of a line that is there, below the one before. `+` comes below it or, where the
 * line has a `-`, in the place of that beginning.
 */
function changed(file: string, diff: string, path: string): string {
  let [text, at, isBegun] = [file, 0, false];
  for (const line of diff.trimEnd().split('\n')) {
    const [sign, words] = [line[0], line.slice(1)];
    if (sign === '+') {
      const put = isBegun ? words : `${words}\n`;
      text = text.slice(0, at) + put + text.slice(at);
      at = text.indexOf('\n', at + put.length - 1) + 1;
      isBegun = false;
      continue;
    }
    const start = `\n${text}`.indexOf(`\n${words}`, at);
    if (start < 0) throw new Error(`${path} has no line "${words}" there`);
    isBegun = sign === '-';
    at = isBegun ? start : text.indexOf('\n', start) + 1;
    if (isBegun) text = text.slice(0, start) + text.slice(start + words.length);
  }
  return text;
}
