import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { abilitiesOf, actions, roles, subjects } from '../../src/shared/access/abilities.js';
import { errorCatalogue, type ErrorKind } from '../../src/shared/kernel/coded-error.js';
import { statusOf } from '../../src/shared/http/problem-status.js';
import '../../src/shared/http/http.errors.js';
import '../../src/shared/access/access.errors.js';

const text = readFileSync(new URL('../../docs/access.md', import.meta.url), 'utf8');

const cells = (line: string) =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());

describe('docs/access.md', () => {
  it('shows the table of roles as it is', () => {
    const [, table = ''] = /<!-- roles -->([^]*)<!-- \/roles -->/.exec(text) ?? [];
    const documented = table.trim().split('\n').slice(2).map(cells);
    const actual = roles.map((role) => {
      const can = abilitiesOf([role]);
      const parts = actions
        .map((action) => [action, subjects.filter((subject) => can.can(action, subject))] as const)
        .filter(([, granted]) => granted.length > 0)
        .map(([action, granted]) => `${action}: ${granted.join(', ')}`);
      return [role, parts.join(' · ')];
    });
    expect(documented.map(([role, may]) => [role, sorted(may)])).toEqual(
      actual.map(([role, may]) => [role, sorted(may)]),
    );
  });

  it('shows the status of each kind', () => {
    const kinds = [
      'invalid',
      'unauthenticated',
      'forbidden',
      'notFound',
      'conflict',
      'uncertain',
      'permanent',
      'transient',
    ];
    for (const kind of kinds as ErrorKind[]) {
      const row = text
        .split('\n')
        .map(cells)
        .find(([first]) => first === kind);
      expect(row?.[1]).toBe(String(statusOf({ code: 'TEST.ANY', kind })));
    }
  });

  it('names every exact status', () => {
    const own = errorCatalogue().filter(({ code }) => /^(HTTP|ACCESS)\./.test(code));
    for (const error of own.filter(
      (one) => statusOf(one) !== statusOf({ code: 'TEST.ANY', kind: one.kind }),
    )) {
      expect(text).toContain(String(statusOf(error)));
    }
  });
});

/** The order of subjects says nothing. */
function sorted(may = ''): string[] {
  return may.split(' · ').map((part) => {
    const [action = '', list = ''] = part.split(': ');
    return `${action}: ${list.split(', ').sort().join(', ')}`;
  });
}
