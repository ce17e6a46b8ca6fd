import { Injectable } from '@nestjs/common';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { Database } from '../database/database.js';
import { PolicyInvalid, PolicyMissing, PolicyUnknown } from './policies.errors.js';
import type { ActivePolicy, AnyPolicy, PolicyDefinition } from './policy.js';

const cacheMs = 2_000;

/** Versioned policy documents. A use case reads the active version and records which one it was. */
@Injectable()
export class PolicyStore {
  private readonly cache = new Map<string, { until: number; policy: Promise<ActivePolicy<unknown>> }>();
  private readonly definitions = new Map<string, AnyPolicy>();

  constructor(private readonly database: Database) {}

  /** Registers kinds of policies, and loads what ships with the product where the store has no version yet. */
  async install(definitions: readonly AnyPolicy[]): Promise<void> {
    for (const definition of definitions) {
      this.definitions.set(definition.name, definition);
      this.check(definition.name, definition.initial);
    }
    await this.database.query(
      `insert into policies.documents (name, version, state, body, created_by, activated_at, activated_by)
       select d.name, 1, 'active', d.body, 'system', now(), 'system'
       from json_to_recordset($1::json) as d(name text, body jsonb)
       where not exists (select from policies.documents o where o.name = d.name)
       order by d.name on conflict do nothing`,
      [JSON.stringify(definitions.map(({ name, initial }) => ({ name, body: initial })))],
    );
  }

  /** The kinds that this version knows, by name. */
  get all(): readonly AnyPolicy[] {
    return [...this.definitions.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** @throws POLICIES.UNKNOWN */
  definition(name: string): AnyPolicy {
    const definition = this.definitions.get(name);
    if (!definition) throw PolicyUnknown({ details: { policy: name } });
    return definition;
  }

  /** @throws POLICIES.INVALID naming each place and what is wrong there, POLICIES.UNKNOWN */
  check(name: string, body: unknown): void {
    const { schema, check } = this.definition(name);
    const ajv = new Ajv2020({ allErrors: true, strict: false });
    formats.default(ajv);
    const problems = ajv.validate(schema, body)
      ? (check?.(body) ?? []).map((message) => ({ pointer: '', message }))
      : (ajv.errors ?? []).map(({ instancePath, message = 'is not valid', params }) => ({
          pointer: instancePath,
          message: `${message}${extraOf(params)}`,
        }));
    if (problems.length === 0) return;
    const sentence = problems.map(({ pointer, message }) => `${pointer || '/'} ${message}`).join('; ');
    throw PolicyInvalid({
      message: `${name}: ${sentence}`.slice(0, 2_000),
      details: { errors: problems.slice(0, 50) },
    });
  }

  /** The active version; at most two seconds old. @throws POLICIES.MISSING */
  async active<Body>(
    definition: Pick<PolicyDefinition<Body>, 'name' | 'initial'>,
  ): Promise<ActivePolicy<Body>> {
    const cached = this.cache.get(definition.name);
    if (cached && cached.until > performance.now()) return cached.policy as Promise<ActivePolicy<Body>>;
    const policy = this.read(definition.name);
    this.cache.set(definition.name, { until: performance.now() + cacheMs, policy });
    policy.catch(() => this.cache.delete(definition.name));
    return policy as Promise<ActivePolicy<Body>>;
  }

  /** After a change in this process: what is read next is the new version. */
  forget(name: string): void {
    this.cache.delete(name);
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

/** Which property is one too many. */
function extraOf(params: Record<string, unknown>): string {
  const extra = params['additionalProperty'];
  return typeof extra === 'string' ? `: ${extra.slice(0, 100)}` : '';
}
