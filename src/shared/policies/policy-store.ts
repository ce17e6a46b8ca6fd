import { Injectable } from '@nestjs/common';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { Database } from '../database/database.js';
import { defineError } from '../kernel/coded-error.js';
import type { ActivePolicy, PolicyDefinition } from './policy.js';

export const PolicyInvalid = defineError(
  'POLICIES.INVALID',
  'invalid',
  'The policy does not satisfy its schema.',
);
export const PolicyMissing = defineError(
  'POLICIES.MISSING',
  'transient',
  'No version of the policy is active.',
);

const cacheMs = 2_000;

/** Versioned policy documents. A use case reads the active version and records which one it was. */
@Injectable()
export class PolicyStore {
  private readonly cache = new Map<string, { until: number; policy: Promise<ActivePolicy<unknown>> }>();

  constructor(private readonly database: Database) {}

  /** Loads what ships with the product where the store has no version yet. */
  async install(definitions: readonly PolicyDefinition<unknown>[]): Promise<void> {
    const ajv = new Ajv2020({ allErrors: true });
    for (const { name, schema, initial } of definitions) {
      if (!ajv.validate(schema, initial)) throw PolicyInvalid({ message: `${name}: ${ajv.errorsText()}` });
    }
    await this.database.query(
      `insert into policies.documents (name, version, state, body, created_by, activated_at)
       select d.name, 1, 'active', d.body, 'system', now()
       from json_to_recordset($1::json) as d(name text, body jsonb)
       where not exists (select from policies.documents o where o.name = d.name)
       order by d.name on conflict do nothing`,
      [JSON.stringify(definitions.map(({ name, initial }) => ({ name, body: initial })))],
    );
  }

  /** The active version; at most two seconds old. @throws POLICIES.MISSING */
  async active<Body>(definition: PolicyDefinition<Body>): Promise<ActivePolicy<Body>> {
    const cached = this.cache.get(definition.name);
    if (cached && cached.until > performance.now()) return cached.policy as Promise<ActivePolicy<Body>>;
    const policy = this.read(definition.name);
    this.cache.set(definition.name, { until: performance.now() + cacheMs, policy });
    policy.catch(() => this.cache.delete(definition.name));
    return policy as Promise<ActivePolicy<Body>>;
  }

  private async read(name: string): Promise<ActivePolicy<unknown>> {
    const [row] = await this.database.query<ActivePolicy<unknown>>(
      `select name, version, body from policies.documents where name = $1 and state = 'active'`,
      [name],
    );
    if (!row) throw PolicyMissing({ details: { policy: name } });
    return row;
  }
}
