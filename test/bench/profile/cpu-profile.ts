import { round } from '../statistics.ts';

/** What V8 writes: a tree of call frames, and the frame of each sample. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
    readonly children?: readonly number[];
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

export interface Share {
  readonly name: string;
  /** Percent of the processor time of the process: idle time is left out. */
  readonly percent: number;
}

export interface CpuShares {
  /** Of all time: how much of it the one JavaScript thread was busy. */
  readonly busyPercent: number;
  /** Time spent in the code of each package, or of each file of the product. */
  readonly packages: readonly Share[];
  readonly functions: readonly Share[];
  /** With all that they call. */
  readonly inclusive: readonly Share[];
}

type Node = CpuProfile['nodes'][number];

/** Where the time of a profile went. */
export function sharesOf(profile: CpuProfile, most = 25): CpuShares {
  const self = selfTimes(profile);
  const byId = new Map(profile.nodes.map((node) => [node.id, node]));
  const times = [...self].map(([id, time]) => ({ node: byId.get(id) as Node, time }));
  const total = times.reduce((sum, { time }) => sum + time, 0);
  const busy = times.filter(({ node }) => !isIdle(node));
  const busyTime = busy.reduce((sum, { time }) => sum + time, 0);
  const shares = (entries: Map<string, number>): Share[] => toShares(entries, busyTime, most);
  return {
    busyPercent: round((busyTime * 100) / Math.max(1, total), 1),
    packages: shares(summed(busy, packageOf)),
    functions: shares(summed(busy, nameOf)),
    inclusive: shares(inclusiveTimes(profile, self, byId)),
  };
}

function selfTimes({ samples, timeDeltas }: CpuProfile): Map<number, number> {
  const self = new Map<number, number>();
  samples.forEach((id, i) => self.set(id, (self.get(id) ?? 0) + Math.max(0, timeDeltas[i] ?? 0)));
  return self;
}

function summed(
  times: readonly { node: Node; time: number }[],
  nameIt: (node: Node) => string,
): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { node, time } of times) sums.set(nameIt(node), (sums.get(nameIt(node)) ?? 0) + time);
  return sums;
}

/** Of the product's own functions, each counted once where it calls itself. */
function inclusiveTimes(
  { nodes }: CpuProfile,
  self: ReadonlyMap<number, number>,
  byId: ReadonlyMap<number, Node>,
): Map<string, number> {
  const sums = new Map<string, number>();
  const visit = (node: Node, above: ReadonlySet<string>): number => {
    const name = nameOf(node);
    const isOwn = packageOf(node).startsWith('dist/');
    const children = (node.children ?? []).map((id) => byId.get(id)).filter((child) => child !== undefined);
    const within = isOwn ? new Set([...above, name]) : above;
    const time = children.reduce((sum, child) => sum + visit(child, within), self.get(node.id) ?? 0);
    if (isOwn && !above.has(name)) sums.set(name, (sums.get(name) ?? 0) + time);
    return time;
  };
  const [root] = nodes;
  if (root) visit(root, new Set());
  return sums;
}

function toShares(sums: ReadonlyMap<string, number>, total: number, most: number): Share[] {
  return [...sums]
    .map(([name, time]) => ({ name, percent: round((time * 100) / Math.max(1, total), 1) }))
    .sort((a, b) => b.percent - a.percent)
    .slice(0, most);
}

/** The profiler's own beginning and end count as idle. */
function isIdle({ callFrame }: Node): boolean {
  return callFrame.functionName === '(idle)' || callFrame.url === 'node:inspector';
}

function packageOf({ callFrame: { url, functionName } }: Node): string {
  if (url === '') return functionName.startsWith('(') ? functionName : 'built-in';
  const own = /\/(dist\/.*)$/.exec(url)?.[1];
  const installed = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1];
  return installed ?? own ?? url;
}

function nameOf(node: Node): string {
  const { functionName, url, lineNumber } = node.callFrame;
  if (url === '') return functionName || '(anonymous)';
  const file = url.replace(/^.*\/node_modules\//, '').replace(/^.*\/(dist\/)/, '$1');
  return `${functionName || '(anonymous)'} ${file}:${lineNumber + 1}`;
}
