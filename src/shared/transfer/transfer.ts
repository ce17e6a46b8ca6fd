import { Injectable } from '@nestjs/common';
import { createPatch, type Operation } from 'rfc6902';
import { TransferNotConfirmed, TransferUnreadable } from './transfer.errors.js';

/** What one part of the configuration says of one thing: of a policy, a flow, a form. */
export type TransferEntries = Readonly<Record<string, unknown>>;

/** A part of the configuration that can be carried from one installation to another; never with a secret. */
export interface TransferPart {
  /** `policies` */
  readonly name: string;
  export(): Promise<TransferEntries>;
  /**
   * Whether an entry could be applied here, before anything is.
   * @param present what is there; undefined when there is nothing of the name
   * @throws invalid or notFound errors
   */
  check(name: string, wanted: unknown, present: unknown): void;
  /** Makes it so, audited. @throws CodedError */
  apply(name: string, wanted: unknown, by: { actor: string; reason: string }): Promise<void>;
}

/** An exported configuration. What it does not name is left as it is. */
export interface TransferDocument {
  readonly format: string;
  readonly [part: string]: unknown;
}

/** What applying a document would change in one thing. */
export interface TransferChange {
  readonly part: string;
  readonly name: string;
  readonly kind: 'add' | 'change';
  readonly operations: readonly Operation[];
}

export const transferFormat = 'signalbox.config/1';

/** Carries configuration between installations: exported, compared and applied, part by part. */
@Injectable()
export class Transfer {
  private readonly parts = new Map<string, TransferPart>();

  add(part: TransferPart): void {
    this.parts.set(part.name, part);
  }

  async export(): Promise<TransferDocument> {
    const names = [...this.parts.keys()].sort();
    const entries = await Promise.all(
      names.map(async (name) => [name, await this.parts.get(name)?.export()]),
    );
    return { format: transferFormat, ...(Object.fromEntries(entries) as object) };
  }

  /** What applying it would change. @throws TRANSFER.UNREADABLE, and what the parts refuse */
  async diff(document: TransferDocument): Promise<TransferChange[]> {
    const { format, ...wanted } = document;
    if (format !== transferFormat)
      throw TransferUnreadable({ message: `Its format is not ${transferFormat}.` });
    const changes: TransferChange[] = [];
    for (const [name, entries] of Object.entries(wanted)) {
      const part = this.parts.get(name);
      if (!part || !isEntries(entries)) {
        throw TransferUnreadable({ message: `It has a part that is not known here: ${name.slice(0, 100)}.` });
      }
      changes.push(...(await changesOf(part, entries)));
    }
    return changes;
  }

  /**
   * Makes everything as the document says. All of it is checked first; then each thing is changed by itself, so that
   * what could not be applied after all leaves the rest applied, and applying again goes on there.
   * @param confirm how many changes the caller knows of
   * @throws TRANSFER.UNREADABLE, TRANSFER.NOT_CONFIRMED, and what the parts refuse
   */
  async apply(
    document: TransferDocument,
    confirm: number | undefined,
    by: { actor: string; reason: string },
  ): Promise<TransferChange[]> {
    const changes = await this.diff(document);
    if (confirm !== changes.length) throw TransferNotConfirmed({ details: { changes: changes.length } });
    for (const { part, name } of changes) {
      await this.parts.get(part)?.apply(name, (document[part] as TransferEntries)[name], by);
    }
    return changes;
  }
}

async function changesOf(part: TransferPart, wanted: TransferEntries): Promise<TransferChange[]> {
  const present = await part.export();
  return Object.entries(wanted).flatMap(([name, value]): TransferChange[] => {
    const before = Object.hasOwn(present, name) ? present[name] : undefined;
    part.check(name, value, before);
    if (before === undefined)
      return [{ part: part.name, name, kind: 'add', operations: createPatch({}, value) }];
    const operations = createPatch(before, value);
    return operations.length > 0 ? [{ part: part.name, name, kind: 'change', operations }] : [];
  });
}

function isEntries(value: unknown): value is TransferEntries {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
