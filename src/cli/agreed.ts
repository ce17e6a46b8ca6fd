import { createInterface } from 'node:readline/promises';
import type { CommandContext } from './command.js';

/** Asks whoever sits there; without anybody only `--yes` agrees. */
export async function agreed({ yes }: CommandContext, question: string): Promise<boolean> {
  if (yes) return true;
  if (!process.stdin.isTTY) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(`${question} [y/N] `);
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}
