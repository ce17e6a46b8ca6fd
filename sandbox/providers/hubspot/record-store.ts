import { EffectCounter } from '../../core/effects.ts';
import { conflictingValue } from './errors.ts';
import type { HubspotError } from './errors.ts';
import type { KeptRecord, Source, Values } from './events.ts';
import type { KindFacts } from './kinds.ts';
import { builtInGroups, builtInProperties } from './object-properties.ts';
import { PropertyRules } from './property-rules.ts';
import type { OwnerCheck } from './property-rules.ts';
import { isoTime, rememberVersion } from './record.ts';
import type { CrmRecord } from './record.ts';
import { SearchIndex } from './search-index.ts';

type ValueMap = ReadonlyMap<string, string>;

/** A reference that a caller has written into what it created. */
const REFERENCE = /\bsbx-[0-9a-f]{24}\b/;

/** The records of one kind. They change through these methods alone, live and at replay. */
export class RecordStore {
  readonly facts: KindFacts;
  readonly records = new Map<string, CrmRecord>();
  readonly definitions;
  readonly groups;
  readonly rules: PropertyRules;
  readonly effects = new EffectCounter();
  readonly searchIndex = new SearchIndex();
  nextId: number;
  private readonly idByClaim = new Map<string, string>();

  constructor(facts: KindFacts, isOwner: OwnerCheck) {
    this.facts = facts;
    this.nextId = facts.firstId;
    this.definitions = builtInProperties(facts);
    this.groups = builtInGroups(facts);
    this.rules = new PropertyRules(this.definitions, isOwner);
  }

  readonly isKnown = (property: string): boolean => this.definitions.has(property);

  live(id: string): CrmRecord | undefined {
    const record = this.records.get(id);
    return record && record.archivedAt === undefined ? record : undefined;
  }

  byUnique(property: string, value: string): CrmRecord | undefined {
    const id = this.ownerOf(`${property}=${value}`);
    return id === undefined ? undefined : this.records.get(id);
  }

  /** What nobody else may have: `property=value`. */
  *claimsOf(values: ValueMap): Generator<string> {
    for (const [name, value] of values)
      if (this.definitions.get(name)?.hasUniqueValue) yield `${name}=${value}`;
  }

  ownerOf(claim: string): string | undefined {
    return this.idByClaim.get(claim);
  }

  /** The answer to somebody who wants what another record has. */
  conflict(claim: string, owner: string): HubspotError {
    return conflictingValue(claim.split('=', 1)[0] ?? '', owner);
  }

  /** Throws when such a record must not be, whatever the others are. */
  mustBeAllowed(_values: ValueMap): void {}

  /** Whether HubSpot leaves a property as it is, without a word. */
  ignoresChange(_name: string, _present: string, _wanted: string, _by: Source): boolean {
    return false;
  }

  protected effectKey({ id, values }: CrmRecord): string {
    for (const value of values.values()) {
      const reference = REFERENCE.exec(value)?.[0];
      if (reference) return reference;
    }
    return `id:${id}`;
  }

  create(id: string, at: number, values: Values, by: Source): void {
    const record: CrmRecord = { id, createdAt: at, updatedAt: at, values: new Map(), history: new Map() };
    this.records.set(id, record);
    this.nextId = Math.max(this.nextId, Number(id) + 1);
    this.write(record, at, values, by);
    if (by.type === 'INTEGRATION') this.effects.countCreated(this.effectKey(record));
  }

  change(id: string, at: number, values: Values, by: Source): void {
    const record = this.records.get(id);
    if (!record) return;
    this.write(record, at, values, by);
    if (by.type === 'INTEGRATION') this.effects.countUpdated(this.effectKey(record));
  }

  archive(id: string, at: number): void {
    const record = this.live(id);
    if (!record) return;
    this.unlink(record);
    record.archivedAt = at;
    this.searchIndex.note(id, at, undefined);
  }

  erase(id: string, at: number): void {
    this.archive(id, at);
    this.records.delete(id);
  }

  keep({ values, history, ...dates }: KeptRecord): void {
    const record: CrmRecord = {
      ...dates,
      values: new Map<string, string>(values),
      history: new Map(history),
    };
    this.records.set(record.id, record);
    if (record.archivedAt !== undefined) return;
    this.link(record);
    this.searchIndex.note(record.id, record.updatedAt, record.values);
  }

  clear(): void {
    for (const map of [this.records, this.definitions, this.groups, this.idByClaim]) map.clear();
    for (const [name, definition] of builtInProperties(this.facts)) this.definitions.set(name, definition);
    for (const [name, group] of builtInGroups(this.facts)) this.groups.set(name, group);
    this.rules.setRules([]);
    this.effects.clear();
    this.searchIndex.clear();
    this.nextId = this.facts.firstId;
  }

  private write(record: CrmRecord, at: number, values: Values, by: Source): void {
    this.unlink(record);
    const next = new Map(record.values);
    for (const [name, value] of Object.entries(values)) {
      if (value === '') next.delete(name);
      else next.set(name, value);
      rememberVersion(record, name, value, at, by);
    }
    next.set('hs_object_id', record.id);
    next.set(this.facts.created, isoTime(record.createdAt));
    next.set(this.facts.modified, isoTime(at));
    record.values = next;
    record.updatedAt = at;
    this.link(record);
    this.searchIndex.note(record.id, at, next);
  }

  private link(record: CrmRecord): void {
    for (const claim of this.claimsOf(record.values)) this.idByClaim.set(claim, record.id);
  }

  private unlink(record: CrmRecord): void {
    for (const claim of this.claimsOf(record.values)) {
      if (this.idByClaim.get(claim) === record.id) this.idByClaim.delete(claim);
    }
  }
}
