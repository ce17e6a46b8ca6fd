import { CATALOGUE } from './catalogue.js';
import type { Variable } from './variable.js';

const HEADINGS = ['Variable', 'Shape', 'Default', 'What it does'];

/** The tables of `docs/configuration.md`, one for each group, with columns padded as the formatter wants them. */
export function renderVariables(): string {
  const variables = Object.entries(CATALOGUE) as [string, Variable<unknown>][];
  const groups = [...new Set(variables.map(([, { group }]) => group))];
  return groups
    .map((group) => {
      const rows = variables.filter(([, variable]) => variable.group === group).map(row);
      return `## ${group}\n\n${table([HEADINGS, ...rows])}\n`;
    })
    .join('\n');
}

function row([name, variable]: [string, Variable<unknown>]): string[] {
  const does = variable.secret ? `${variable.does} _Secret._` : variable.does;
  return [`\`${name}\``, variable.shape, variable.defaultText, does];
}

function table(rows: string[][]): string {
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  const line = (cells: string[], fill = ' ') =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0, fill)).join(' | ')} |`;
  const [headings = [], ...rest] = rows;
  const rule = line(
    HEADINGS.map(() => ''),
    '-',
  );
  return [line(headings), rule, ...rest.map((cells) => line(cells))].join('\n');
}
