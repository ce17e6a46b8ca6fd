/** What is wrong with one variable. */
export interface ConfigProblem {
  readonly variable: string;
  /** What was found instead, without the value of a secret. */
  readonly found: string;
  readonly expected: string;
  readonly remedy: string;
}

/** The environment doesn't make a configuration. The message has a line for every variable that is wrong. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    const lines = problems.map(
      ({ variable, found, expected, remedy }) => `  ${variable}: ${found}; expected ${expected}. ${remedy}`,
    );
    const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`;
    super(
      `The configuration has ${count} (every variable is explained in docs/configuration.md):\n${lines.join('\n')}`,
    );
    this.problems = problems;
  }
}
