import { readFile } from 'node:fs/promises';
import { agreed } from './agreed.js';
import type { CommandContext } from './command.js';

interface Change {
  readonly part: string;
  readonly name: string;
  readonly kind: 'add' | 'change';
  readonly operations: readonly { op: string; path: string; value?: unknown }[];
}

const longestValue = 100;

/** Carries policies, settings of flows and forms from one installation to another. */
export async function config(context: CommandContext, what = '', file = ''): Promise<boolean> {
  const { api, print } = context;
  if (what === 'export') {
    print(JSON.stringify(await api.get('/config'), null, 2));
    return true;
  }
  if (!['diff', 'apply'].includes(what) || file === '') {
    print('Use: config export | config diff FILE | config apply FILE');
    return false;
  }
  const document = JSON.parse(await readFile(file, 'utf8')) as unknown;
  const { changes } = await api.post<{ changes: Change[] }>('/config/diff', { document });
  for (const change of changes) show(change, print);
  if (changes.length === 0) print('Nothing differs.');
  if (what === 'diff' || changes.length === 0) return changes.length === 0;
  if (!(await agreed(context, `Apply ${changes.length} changes?`))) {
    print('Nothing was changed.');
    return false;
  }
  await api.post('/config/apply', { document, confirm: changes.length, reason: context.reason });
  print(`Applied ${changes.length} changes.`);
  return true;
}

function show({ part, name, kind, operations }: Change, print: CommandContext['print']): void {
  print(`${part}/${name}: ${kind === 'add' ? 'is new' : `${operations.length} changes`}`);
  for (const { op, path, value } of operations) {
    const shown = value === undefined ? '' : ` ${JSON.stringify(value).slice(0, longestValue)}`;
    print(`  ${op} ${path || '/'}${shown}`);
  }
}
