/** A run as the admin API tells it. */
interface RunDetail {
  readonly id: string;
  readonly flow: string;
  readonly version: number;
  readonly mode: string;
  readonly status: string;
  readonly durationMs: number;
  readonly timeline: readonly TimelineItem[];
}

interface TimelineItem {
  readonly kind: string;
  readonly at: string;
  readonly durationMs: number | null;
  readonly text: string;
  readonly step: string | null;
  readonly outcome: string | null;
  readonly details: Readonly<Record<string, unknown>>;
}

/** What happened in a run, oldest first, a line each. @throws Error when the API does not answer 200 */
export async function timelineOf(url: string, key: string, runId: string): Promise<string> {
  const answer = await fetch(`${url}/admin/v1/runs/${runId}`, {
    headers: { authorization: `Bearer ${key}` },
  });
  if (!answer.ok) throw new Error(`the run could not be read: ${answer.status} ${await answer.text()}`);
  const run = (await answer.json()) as RunDetail;
  const title = `  run ${run.id}: ${run.flow} version ${run.version}, ${run.mode}; ${run.status} after ${seconds(run.durationMs)}`;
  return [title, ...run.timeline.map(lineOf)].join('\n');
}

function lineOf({ at, kind, text, durationMs }: TimelineItem): string {
  const took = durationMs ? `  (${seconds(durationMs)})` : '';
  return `  ${at.slice(11, 23)}  ${kind.padEnd(11)} ${text}${took}`;
}

function seconds(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}
