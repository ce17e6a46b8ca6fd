import { describe, expect, it } from 'vitest';
import { nameFindings, readableName, splitFullName } from './names.js';

const split = (name: string): (string | undefined)[] => {
  const { title, firstName, lastName, suffix } = splitFullName(name);
  return [title, firstName, lastName, suffix];
};

describe('a full name', () => {
  it.each([
    ['Jane Doe', [undefined, 'Jane', 'Doe', undefined]],
    ['JANE DOE', [undefined, 'Jane', 'Doe', undefined]],
    ['Mary Jane Watson', [undefined, 'Mary Jane', 'Watson', undefined]],
    ['Jan van de Berg', [undefined, 'Jan', 'van de Berg', undefined]],
    ['María José de la Cruz', [undefined, 'María José', 'de la Cruz', undefined]],
    ['Al Gore', [undefined, 'Al', 'Gore', undefined]],
    ["Sean O'Neil", [undefined, 'Sean', "O'Neil", undefined]],
    ['Prof. Dr. Anna Schmidt', ['Prof. Dr.', 'Anna', 'Schmidt', undefined]],
    ['John Smith Jr.', [undefined, 'John', 'Smith', 'Jr.']],
    ['John Smith, MBA, PhD', [undefined, 'John', 'Smith', 'MBA PhD']],
    ['Doe, Jane', [undefined, 'Jane', 'Doe', undefined]],
    ['van Dyke, Dr. Dick', ['Dr.', 'Dick', 'van Dyke', undefined]],
    ['Prince', [undefined, 'Prince', undefined, undefined]],
    ['山田 太郎', [undefined, '太郎', '山田', undefined]],
    ['山田太郎', [undefined, '山田太郎', undefined, undefined]],
    ['Иван Петров', [undefined, 'Иван', 'Петров', undefined]],
  ])('%s is taken apart', (name, expected) => {
    expect(split(name)).toEqual(expected);
  });

  it('is less sure the more there is to guess', () => {
    const rules = ['Jane Doe', 'Mary Jane Watson', 'Prince', '山田 太郎'].map(
      (name) => splitFullName(name).rule,
    );
    expect(rules).toEqual([
      'full-name',
      'full-name-many-words',
      'full-name-one-word',
      'full-name-family-first',
    ]);
  });

  it('gives the family name behind a title', () => {
    expect(nameFindings({ fullName: 'Dr. Berg' })).toEqual([
      { field: 'lastName', value: 'Berg', rule: 'full-name-one-word' },
      { field: 'salutation', value: 'Dr.', rule: 'full-name-title' },
    ]);
  });

  it.each([
    'jane@example.com',
    '<b>Jane</b>',
    'https://example.com',
    '+1 202 555 0123',
    '…',
    'a '.repeat(5000),
  ])('%j is not read as a name', (name) => {
    expect(readableName(name)).toBeUndefined();
    expect(nameFindings({ fullName: name, firstName: name })).toEqual([]);
  });

  it('is joined from its two names, in the order of its script', () => {
    const full = (firstName: string, lastName: string) => nameFindings({ firstName, lastName })[0];
    expect(full('Jane', 'Doe')).toEqual({
      field: 'fullName',
      value: 'Jane Doe',
      rule: 'first-and-last-name',
    });
    expect(full('太郎', '山田')?.value).toBe('山田 太郎');
  });
});

describe('a name in one case', () => {
  it('gets a suggestion of usual casing beside it', () => {
    expect(nameFindings({ firstName: 'JANE', lastName: 'van den berg' }).slice(1)).toEqual([
      { field: 'suggested.firstName', value: 'Jane', rule: 'name-casing' },
      { field: 'suggested.lastName', value: 'van den Berg', rule: 'name-casing' },
    ]);
  });

  it('gets none where the person mixed cases', () => {
    expect(nameFindings({ firstName: 'DeShawn' })).toEqual([]);
  });
});
