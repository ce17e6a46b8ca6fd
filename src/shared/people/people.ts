import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { ActivePolicy } from '../policies/policy.js';
import { PolicyStore } from '../policies/policy-store.js';
import { peoplePolicy, type PeoplePolicy, type Person } from './people-policy.js';
import {
  personOf,
  resolveOwner,
  type KeyedPerson,
  type OwnerQuestion,
  type ResolvedOwner,
} from './resolve-owner.js';

/** Who works here, by the policy `people` that is active: at most two seconds old. */
@Injectable()
export class People implements OnModuleInit {
  constructor(private readonly policies: PolicyStore) {}

  async onModuleInit(): Promise<void> {
    await this.policies.install([peoplePolicy]);
  }

  async byKey(key: string): Promise<KeyedPerson | undefined> {
    return personOf((await this.active()).body, key);
  }

  async byHubspotOwner(id: string): Promise<KeyedPerson | undefined> {
    return this.first(({ hubspotOwnerId }) => hubspotOwnerId === id);
  }

  async byZendeskUser(id: string): Promise<KeyedPerson | undefined> {
    return this.first(({ zendeskUserId }) => zendeskUserId === id);
  }

  /** Whatever the case of its letters. */
  async byEmail(email: string): Promise<KeyedPerson | undefined> {
    const address = email.trim().toLowerCase();
    return this.first((person) => person.email?.toLowerCase() === address);
  }

  /** The members of a team; none when there is no such team. */
  async team(key: string): Promise<readonly KeyedPerson[]> {
    const { body } = await this.active();
    const { members } = (body.teams && Object.hasOwn(body.teams, key) && body.teams[key]) || { members: [] };
    return members.map((member) => personOf(body, member)).filter((person) => person !== undefined);
  }

  /** Whose work a record of the CRM is. */
  async resolveOwner(question: OwnerQuestion): Promise<ResolvedOwner> {
    return resolveOwner((await this.active()).body, question);
  }

  active(): Promise<ActivePolicy<PeoplePolicy>> {
    return this.policies.active(peoplePolicy);
  }

  private async first(is: (person: Person) => boolean): Promise<KeyedPerson | undefined> {
    const { people } = (await this.active()).body;
    const found = Object.entries(people).find(([, person]) => is(person));
    return found && { key: found[0], ...found[1] };
  }
}
