import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import '../../src/app.module.js'; // defines every error and message of the product
import { flows } from '../../src/flows/index.js';
import { stepsOf } from '../../src/shared/flow/flow-registry.js';
import { statusOf } from '../../src/shared/http/problem-status.js';
import { errorCatalogue } from '../../src/shared/kernel/coded-error.js';
import { allMessages, definitionOf } from '../../src/shared/kernel/message.js';
import { schemaOf } from '../../src/shared/messaging/validators.js';

const page = (name: string): string => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');

/** The rows of a page's nth table, by the first column's code. */
function tableOf(text: string, nth = 0): Map<string, string[]> {
  const tables = text.split(/\n\n/).filter((block) => block.startsWith('|'));
  const rows = (tables[nth] ?? '').trim().split('\n').slice(2);
  const cells = rows.map((row) =>
    row
      .slice(1, -1)
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim()),
  );
  return new Map(cells.map(([code = '', ...rest]) => [code.replaceAll('`', ''), rest]));
}

// On failure the difference shows what the page lacks, or what it names that does not exist.
describe('docs/errors.md', () => {
  const documented = tableOf(page('errors.md'));

  it('has every error with its kind, status and meaning, and no other', () => {
    const defined = errorCatalogue().map((error) => {
      return [error.code, [error.kind, String(statusOf(error)), error.summary]] as const;
    });
    const shown = [...documented].map(([code, cells]) => [code, cells.slice(0, 3)] as const);
    expect(defined.length).toBeGreaterThan(50);
    expect(shown).toEqual(defined);
  });

  it('says of each what to do', () => {
    expect([...documented].filter(([, cells]) => !cells[3]).map(([code]) => code)).toEqual([]);
  });
});

describe('docs/events.md', () => {
  it('has every message with its kind, context and fields, and no other', () => {
    const defined = allMessages().map(({ type, kind, messageClass }) => {
      const { properties, required } = schemaOf(messageClass);
      const fields = Object.keys(properties).map(
        (name) => `\`${name}\`${required.includes(name) ? '' : '?'}`,
      );
      return [type, [kind, type.split('.')[0], fields.join(', ')]] as const;
    });
    const shown = [...tableOf(page('events.md'))].map(([type, cells]) => [type, cells.slice(0, 3)] as const);
    expect(shown).toEqual(defined);
  });

  it('says of each what it means, and knows what flows start from and send', () => {
    const documented = tableOf(page('events.md'));
    expect([...documented].filter(([, cells]) => !cells[3]).map(([type]) => type)).toEqual([]);
    const used = flows.flatMap((flow) => [
      flow.event,
      ...stepsOf(flow).flatMap((step) => (step.kind === 'send' ? [step.command] : [])),
    ]);
    for (const message of used) expect(documented.has(definitionOf(message).type)).toBe(true);
  });

  it('has every command with an effect, how often that may happen, and no other', () => {
    const defined = allMessages().flatMap(({ type, options }) => {
      const { effect, orderedBy, afterDeadLetter = 'continue' } = options;
      if (!effect) return [];
      const order = orderedBy ? ['yes', afterDeadLetter] : ['no', '–'];
      return [[type, [effect.connector, effect.class, effect.scope ?? 'run', ...order]] as const];
    });
    expect([...tableOf(page('events.md'), 1)]).toEqual(defined);
  });
});
