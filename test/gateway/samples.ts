import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect } from 'vitest';
import fc from 'fast-check';
import type { Channel, InboundRequest, Update } from '../../src/modules/intake/channels/channel.js';
import { CodedError } from '../../src/shared/kernel/coded-error.js';
import { definitionOf } from '../../src/shared/kernel/message.js';
import { MessageValidators } from '../../src/shared/messaging/validators.js';
import { inboundRequest } from './requests.js';

export interface Sample {
  readonly name: string;
  readonly body: Buffer;
}

/** The requests of a provider's folder; none without `../shared`. */
export function samplesOf(provider: string): readonly Sample[] {
  const folder = new URL(`../../../shared/providers/${provider}/`, import.meta.url);
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => /^webhook\..*\.json$/.test(name));
  return names.map((name) => ({ name, body: readFileSync(new URL(name, folder)) }));
}

/**
 * Whatever JSON comes, above all a genuine request with one part of it replaced, is read into well-formed updates or
 * refused by a coded error.
 * @param draft text of a genuine body
 */
export async function readsAnything(channel: Channel, draft: string): Promise<void> {
  const anything = fc.oneof(fc.jsonValue({ maxDepth: 3 }), oddText, fc.double());
  const body = fc.oneof(
    anything,
    fc
      .tuple(fc.constantFrom(...pathsOf(JSON.parse(draft))), anything)
      .map(([path, part]) => replaced(JSON.parse(draft), path, part)),
  );
  const validators = new MessageValidators();
  await fc.assert(
    fc.asyncProperty(body, async (value) => {
      const read = await updatesOf(channel, inboundRequest(JSON.stringify(value) ?? 'null'));
      for (const update of read) wellFormed(update, validators);
    }),
    { numRuns: 1_000 },
  );
}

const oddText = fc.constantFrom(
  ...['', '\u0000', '\ud800', 'x'.repeat(70_000), '__proto__', 'constructor', '0-1', '\u0130'.repeat(60)],
);

async function updatesOf(channel: Channel, request: InboundRequest): Promise<readonly Update[]> {
  try {
    return await channel.read(request, 'id');
  } catch (error) {
    expect(error).toBeInstanceOf(CodedError);
    expect(error).toMatchObject({ kind: 'invalid' });
    return [];
  }
}

function wellFormed({ key, event, ignored, rejected, order }: Update, validators: MessageValidators): void {
  expect([event, ignored, rejected].filter((part) => part !== undefined)).toHaveLength(1);
  const texts = [key, order?.key ?? 'x', ignored ?? 'x', event?.subject ?? 'x', event?.partitionKey ?? 'x'];
  for (const text of texts) {
    expect(text).not.toBe('');
    expect(text.isWellFormed()).toBe(true);
    expect(text).not.toMatch(/\p{Cc}/u);
    expect(text.length).toBeLessThan(700);
  }
  if (order) expect(Number.isSafeInteger(order.at)).toBe(true);
  if (!event) return;
  const { type } = definitionOf(event.message.constructor as never);
  validators.check(type, validators.pick(type, event.message));
}

type Path = readonly (string | number)[];

function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const members = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return [path, ...members.flatMap(([name, member]) => pathsOf(member, [...path, name]))];
}

function replaced(value: unknown, [name, ...rest]: Path, part: unknown): unknown {
  if (name === undefined) return part;
  const changed = replaced((value as Record<string | number, unknown>)[name], rest, part);
  if (Array.isArray(value)) return value.with(name as number, changed);
  return { ...(value as object), [name]: changed };
}
