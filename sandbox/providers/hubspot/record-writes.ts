import type { Account } from './account.ts';
import { readAssociations } from './association-input.ts';
import type { Link } from './associations.ts';
import { invalidValues, missingProperties } from './errors.ts';
import type { HubspotEvent, Source, Values } from './events.ts';
import type { Kind } from './kinds.ts';
import type { CrmRecord } from './record.ts';
import type { RecordStore } from './record-store.ts';
import type { Problem } from './property-rules.ts';

export type Commit = (event: HubspotEvent) => void;

/** A write that passed every check and only has to be committed. */
export type PlannedWrite = { id: string; values: Values; isNew: boolean; links: Link[] };

export type WriteContext = { account: Account; commit: Commit; kind: Kind; by: Source };

/**
 * The writes of one request: all are planned (checked) before the first is committed, so that a refused request
 * changes nothing. Plans see one another: two inputs that claim one e-mail are a conflict.
 */
export class RecordWrites {
  private readonly context: WriteContext;
  private readonly store: RecordStore;
  private readonly claimed = new Map<string, string>();
  private readonly planned: PlannedWrite[] = [];
  private nextId: number;

  constructor(context: WriteContext) {
    this.context = context;
    this.store = context.account.of(context.kind);
    this.nextId = this.store.nextId;
  }

  /** What is wrong with these properties, before asking whether they conflict. */
  problemsOf(properties: unknown): Problem[] {
    return this.store.rules.check(properties).problems;
  }

  /** Throws 400 when a value is not acceptable, 404 for a bad association, and 409 for an e-mail that is taken. */
  planCreate(properties: unknown, associations?: unknown): PlannedWrite {
    const { required, defaults } = this.store.facts;
    const values = { ...defaults, ...this.accept(properties) };
    const kept = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));
    const missing = required.filter((name) => kept[name] === undefined);
    if (missing.length > 0) throw missingProperties(this.store.facts.singular, missing);
    const id = String(this.nextId);
    const { account, kind } = this.context;
    const links = readAssociations(account, { kind, id }, associations);
    this.claim(id, new Map(Object.entries(kept)));
    this.nextId += 1;
    const write = { id, values: kept, isNew: true, links };
    this.planned.push(write);
    return write;
  }

  planChange(record: CrmRecord, properties: unknown): PlannedWrite {
    const values = this.accept(properties);
    const changes = Object.entries(values).filter(([name, value]) => this.changes(record, name, value));
    const write = { id: record.id, values: Object.fromEntries(changes), isNew: false, links: [] };
    if (changes.length > 0) this.claim(record.id, new Map([...record.values, ...changes]));
    this.planned.push(write);
    return write;
  }

  commit(at = Date.now()): void {
    const { commit, kind, by } = this.context;
    for (const { id, values, isNew, links } of this.planned.splice(0)) {
      if (isNew) commit({ type: 'record-created', kind, id, at, values, by });
      else if (Object.keys(values).length === 0) commit({ type: 'record-unchanged', kind, id, at, by });
      else commit({ type: 'record-changed', kind, id, at, values, by });
      for (const link of links) commit({ type: 'associated', link });
    }
  }

  private accept(properties: unknown): Values {
    const { values, problems } = this.store.rules.check(properties);
    if (problems.length > 0) throw invalidValues(problems);
    return values;
  }

  private changes(record: CrmRecord, name: string, value: string): boolean {
    const present = record.values.get(name) ?? '';
    return present !== value && !this.store.ignoresChange(name, present, value, this.context.by);
  }

  private claim(id: string, values: ReadonlyMap<string, string>): void {
    this.store.mustBeAllowed(values);
    const claims = [...this.store.claimsOf(values)];
    for (const claim of claims) {
      const owner = this.claimed.get(claim) ?? this.store.ownerOf(claim);
      if (owner !== undefined && owner !== id) throw this.store.conflict(claim, owner);
    }
    for (const claim of claims) this.claimed.set(claim, id);
  }
}
