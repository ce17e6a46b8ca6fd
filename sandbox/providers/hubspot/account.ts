import { Associations } from './associations.ts';
import { ContactStore } from './contact-store.ts';
import type { HubspotEvent } from './events.ts';
import { Forms } from './forms.ts';
import { kinds } from './kinds.ts';
import type { Kind, KindFacts } from './kinds.ts';
import { stageProperties } from './object-properties.ts';
import { builtInOwners } from './owners.ts';
import type { Owner } from './owners.ts';
import { builtInPipelines } from './pipelines.ts';
import type { Pipeline } from './pipelines.ts';
import { RecordStore } from './record-store.ts';

/** The state of one HubSpot account. It changes through `apply` alone, live and at replay. */
export class Account {
  readonly contacts: ContactStore;
  readonly stores: ReadonlyMap<Kind, RecordStore>;
  readonly associations = new Associations();
  readonly owners = new Map<string, Owner>();
  readonly forms = new Forms();
  pipelines: Pipeline[] = builtInPipelines;

  constructor() {
    const isOwner = (id: string): boolean => this.owners.has(id);
    const factsOf = (wanted: Kind) => kinds.find(({ kind }) => kind === wanted) as KindFacts;
    this.contacts = new ContactStore(factsOf('contacts'), isOwner);
    this.stores = new Map(
      kinds.map((facts) => [
        facts.kind,
        facts.kind === 'contacts' ? this.contacts : new RecordStore(facts, isOwner),
      ]),
    );
    this.setOwners();
  }

  of(kind: Kind): RecordStore {
    const store = this.stores.get(kind);
    if (!store) throw new Error(`there are no ${kind}`);
    return store;
  }

  apply(event: HubspotEvent): void {
    switch (event.type) {
      case 'record-created':
        return this.of(event.kind).create(event.id, event.at, event.values, event.by);
      case 'record-changed':
        return this.of(event.kind).change(event.id, event.at, event.values, event.by);
      case 'record-unchanged':
        if (event.by.type === 'INTEGRATION') this.of(event.kind).effects.countUnchanged();
        return;
      case 'record-archived':
        return this.of(event.kind).archive(event.id, event.at);
      case 'record-erased':
        return this.of(event.kind).erase(event.id, event.at);
      case 'associated':
        return this.associations.add(event.link);
      case 'dissociated':
        return this.associations.remove(event.link);
      default:
        return this.applyToSettings(event);
    }
  }

  clear(): void {
    for (const store of this.stores.values()) store.clear();
    this.associations.clear();
    this.forms.clear();
    this.owners.clear();
    this.setOwners();
    this.pipelines = builtInPipelines;
  }

  private applyToSettings(event: HubspotEvent): void {
    switch (event.type) {
      case 'form-defined':
        return this.forms.define(event.guid);
      case 'form-submitted':
        return this.forms.add(event.guid, event.submission);
      case 'email-blocked':
        this.contacts.blockedEmails.add(event.email);
        return;
      case 'property-defined':
        this.of(event.kind).definitions.set(event.definition.name, event.definition);
        return;
      case 'group-defined':
        this.of(event.kind).groups.set(event.group.name, event.group);
        return;
      case 'owner-set':
        this.owners.set(event.owner.id, event.owner);
        return;
      case 'pipelines-set':
        return this.setPipelines(event.pipelines);
      case 'validation-rules-set':
        return this.of(event.kind).rules.setRules(event.rules);
      case 'record-kept':
        return this.of(event.kind).keep(event.record);
      case 'counters-kept':
        this.of(event.kind).nextId = event.nextId;
        this.of(event.kind).effects.restore(event.effects);
        return;
      default:
    }
  }

  private setOwners(): void {
    for (const owner of builtInOwners) this.owners.set(owner.id, owner);
  }

  private setPipelines(pipelines: Pipeline[]): void {
    this.pipelines = pipelines;
    const { definitions } = this.of('deals');
    for (const definition of stageProperties(pipelines)) definitions.set(definition.name, definition);
  }
}
