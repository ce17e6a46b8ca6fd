import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Transfer, type TransferEntries, type TransferPart } from '../transfer/transfer.js';
import { PolicyDocuments } from './policy-documents.js';
import { PolicyStore } from './policy-store.js';

/** Policies as a part of what is carried between installations: the active bodies. */
@Injectable()
export class PoliciesTransfer implements TransferPart, OnModuleInit {
  readonly name = 'policies';

  constructor(
    private readonly transfer: Transfer,
    private readonly documents: PolicyDocuments,
    private readonly store: PolicyStore,
  ) {}

  onModuleInit(): void {
    this.transfer.add(this);
  }

  async export(): Promise<TransferEntries> {
    const all = await this.documents.list();
    return Object.fromEntries(all.map(({ name, active }) => [name, active.body]));
  }

  check(name: string, wanted: unknown): void {
    this.store.check(name, wanted);
  }

  /** A draft that somebody is writing is replaced by it. */
  async apply(
    name: string,
    wanted: unknown,
    { actor, reason }: { actor: string; reason: string },
  ): Promise<void> {
    const { revision } = await this.documents.get(name);
    const saved = await this.documents.saveDraft(name, wanted, { actor, revision });
    if (!saved.draft) return;
    await this.documents.activate(name, saved.draft.version, reason, { actor, revision: saved.revision });
  }
}
