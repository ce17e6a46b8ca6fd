import { SlackError } from './answers.ts';
import type { Rates } from './rate.ts';
import type { SlackSettings } from './settings.ts';
import type { SlackEvent, Workspace } from './workspace.ts';

/** The simulator's parts, as its methods need them. */
export type Slack = {
  workspace: Workspace;
  settings: SlackSettings;
  rates: Rates;
  token: string;
  /** What the token may do. */
  scopes: Set<string>;
  /** Applies a state change and journals it. */
  commit: (event: SlackEvent) => void;
};

export function needScope({ scopes }: Slack, scope: string): void {
  if (!scopes.has(scope))
    throw new SlackError('missing_scope', { needed: scope, provided: [...scopes].join(',') });
}
