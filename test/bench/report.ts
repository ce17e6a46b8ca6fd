import type { GatewayResult } from './gateway.ts';
import type { Goal } from './goals.ts';
import type { HopsResult } from './hops.ts';
import type { BenchDocument } from './main.ts';
import type { CpuShares, Share } from './profile/cpu-profile.ts';
import type { Profile } from './profile/profiled.ts';
import type { RunsResult } from './runs.ts';
import type { SoakResult } from './soak.ts';
import type { StartResult } from './start.ts';
import { table } from './table.ts';

/** The result for people: tables that a terminal shows and Markdown renders. */
export function report(result: BenchDocument): string {
  const { gateway, soak, hops, runs, start, goals, breaches } = result;
  const sections = [
    headline(result),
    gateway && gatewayText(gateway),
    soak && soakText(soak),
    hops && hopsText(hops),
    runs && runsText(runs),
    start && startText(start),
    goals.length > 0 && goalsText(goals),
    ...[gateway, hops, runs].map((part) => part?.profile && profileText(part.profile)),
    breaches.length > 0 && `NOT AS PROMISED: ${breaches.join('; ')}`,
  ];
  return sections.filter((section) => typeof section === 'string').join('\n\n');
}

function headline({ date, machine, short, seed }: BenchDocument): string {
  const { cores, processor, memoryGib, platform, node, postgres } = machine;
  return (
    `${date.slice(0, 16).replace('T', ' ')} UTC, ${short ? 'short' : 'full'} run, seed ${seed}\n` +
    `${cores} cores (${processor}), ${memoryGib} GiB, ${platform}, Node ${node}, PostgreSQL ${postgres}; ` +
    'senders, application, sandbox and database on this one machine'
  );
}

function gatewayText({ rows, allRoles, accepted, stored, lost, duplicates }: GatewayResult): string {
  const columns = ['connections', 'Nest + HMAC/s', 'CTE a request/s', 'gateway/s', 'p50 ms', 'p99 ms'];
  const body = rows.map(({ connections, http, insert, gateway, ofHttp, ofInsert }) => [
    ...[connections, http.perSecond, insert.perSecond, gateway.perSecond],
    ...[gateway.latencyMs.p50, gateway.latencyMs.p99, ofHttp, ofInsert],
    ...[gateway.cpuMsPerEvent, gateway.postgresCpuMsPerEvent],
  ]);
  const busy = allRoles.map((row) => [row.connections, row.perSecond, row.latencyMs.p50, row.latencyMs.p99]);
  return [
    'Gateway: accepted events (roles gateway and admin; deliveries are written, nobody works on them)',
    table([...columns, '/ Nest + HMAC', '/ CTE', 'CPU ms', 'PostgreSQL CPU ms'], body),
    `${accepted} answered with 2xx, ${stored} rows: ${lost} lost, ${duplicates} duplicates`,
    '\nThe same with all roles in the process, which runs the flow of every event meanwhile',
    table(['connections', 'gateway/s', 'p50 ms', 'p99 ms'], busy),
  ].join('\n');
}

function soakText(soak: SoakResult): string {
  const { resident, heap, killed } = soak;
  const memory = [resident, heap].flatMap(({ before, after, growthPercent }) => [
    before,
    after,
    growthPercent,
  ]);
  return [
    `Soak: ${soak.connections} connections at full speed, memory after a full collection (${soak.samples} samples)`,
    table(
      ['seconds', 'events', 'events/s', ...memoryColumns('resident'), ...memoryColumns('heap')],
      [[soak.seconds, soak.accepted, soak.perSecond, ...memory]],
    ),
    '\nThe same while the process is killed (SIGKILL) and started again; senders repeat what was not answered',
    table(
      ['kills', 'answered with 2xx', 'sent again', 'known by then', 'down ms', 'lost', 'twice'],
      [
        [
          ...[killed.kills, killed.accepted, killed.sentAgain, killed.knownAgain, killed.downMs],
          ...[soak.lost, soak.duplicates],
        ],
      ],
    ),
  ].join('\n');
}

function memoryColumns(of: string): string[] {
  return [`${of} MB, 2nd quarter`, 'last quarter', 'growth %'];
}

function hopsText(hops: HopsResult): string {
  const { events, hops: count, perSecond, steadyPerSecond, floorPerSecond, ofFloor } = hops;
  return [
    `Hops: a backlog of ${events} events, ${count} hops (start, enrich, upsert), drained in ${hops.seconds} s`,
    table(
      ['hops/s', 'middle 80 %', 'bare leases/s', '/ bare leases', 'CPU ms a hop', 'PostgreSQL CPU ms a hop'],
      [
        [
          ...[perSecond, steadyPerSecond, floorPerSecond, ofFloor],
          ...[hops.cpuMsPerHop, hops.postgresCpuMsPerHop],
        ],
      ],
    ),
  ].join('\n');
}

function runsText(runs: RunsResult): string {
  const { busyMs, steady } = runs;
  return [
    `Runs: ${runs.submissions} submissions by ${runs.connections} connections, webhook to confirmed effect`,
    table(
      ['runs/s', 'p50 ms', 'p99 ms', 'CPU ms a run', 'PostgreSQL CPU ms', 'commits a run', 'writing ones'],
      [
        [
          ...[runs.perSecond, busyMs.p50, busyMs.p99, runs.cpuMsPerRun, runs.postgresCpuMsPerRun],
          ...[runs.commitsPerRun, runs.writeTransactionsPerRun],
        ],
      ],
    ),
    `\nAt ${steady.perSecond} events a second (${steady.events} events), event to confirmed effect`,
    table(['p50 ms', 'p99 ms', 'slowest ms'], [[steady.p50, steady.p99, steady.max]]),
  ].join('\n');
}

function startText(start: StartResult): string {
  return [
    `Start and memory: the application's process, median of ${start.starts} starts`,
    table(
      ['ready ms', 'first webhook ms', 'first start ms', 'embedded, second start ms', 'MB at rest'],
      [[start.readyMs, start.firstWebhookMs, start.firstReadyMs, start.embeddedReadyMs, start.residentMb]],
    ),
  ].join('\n');
}

function goalsText(goals: readonly Goal[]): string {
  const rows = goals.map(({ name, value, goal, met, kind }) => [name, value, goal, met ? 'yes' : 'no', kind]);
  return ['Goals', table(['what', 'value', 'goal', 'met', 'kind'], rows)].join('\n');
}

function profileText({ cpu, statements, statementsTotal, statementsMs }: Profile): string {
  const rows = statements.map(({ text, calls, rows: count, meanMs, planMs, percent, walKb }) => [
    ...[percent, calls, count, meanMs, planMs, walKb],
    text.replaceAll('|', '¦'),
  ]);
  return [
    `Where the time goes: the JavaScript thread was busy for ${cpu.busyPercent} % of it`,
    ...cpuTables(cpu),
    `\n${statementsTotal} statements took ${statementsMs} ms`,
    table(['%', 'calls', 'rows', 'mean ms', 'planning', 'WAL kB', 'statement'], rows),
  ].join('\n');
}

function cpuTables({ packages, functions, inclusive }: CpuShares): string[] {
  const rows = (shares: readonly Share[]): (string | number)[][] =>
    shares.map(({ name, percent }) => [percent, name]);
  return [
    table(['% itself', 'package or file'], rows(packages)),
    table(['% itself', 'function'], rows(functions)),
    table(['% with callees', 'function of the product'], rows(inclusive)),
  ];
}
