import { Injectable } from '@nestjs/common';
import { createPatch, type Operation } from 'rfc6902';
import { appendAudit } from '../audit/append-audit.js';
import { Database } from '../database/database.js';
import type { Tx } from '../database/tx.js';
import { requireRevision } from '../http/revision.js';
import { Clock } from '../kernel/clock.js';
import { NoDraft, NotActivatable, PolicyUnknown } from './policies.errors.js';
import type { PolicyDocument } from './policy.js';
import { PolicyStore } from './policy-store.js';

const columns = `name, version, state, revision, body, created_by as "createdBy", created_at as "createdAt",
  updated_by as "updatedBy", updated_at as "updatedAt", activated_by as "activatedBy", activated_at as "activatedAt",
  retired_at as "retiredAt", reason`;

/** A policy as it stands. */
export interface CurrentPolicy {
  readonly name: string;
  readonly title: string;
  /** Counts the changes of all its versions; whoever changes it says which one they have seen. */
  readonly revision: number;
  readonly active: PolicyDocument;
  readonly draft: PolicyDocument | null;
}

/** Who changes a policy, and the revision of it that they have seen. */
export interface PolicyChange {
  readonly actor: string;
  readonly revision: number;
}

/**
 * Versions of policy documents: draft → active → retired. Each change is one transaction with its audit entry, and is
 * refused when somebody else has changed the policy since it was read.
 */
@Injectable()
export class PolicyDocuments {
  constructor(
    private readonly database: Database,
    private readonly store: PolicyStore,
    private readonly clock: Clock,
  ) {}

  /** All policies that this version of the product knows, by name. */
  async list(): Promise<CurrentPolicy[]> {
    return current(
      this.database,
      this.store.all.map(({ name, title }) => ({ name, title })),
    );
  }

  /** @throws POLICIES.UNKNOWN */
  async get(name: string): Promise<CurrentPolicy> {
    const { title } = this.store.definition(name);
    return found((await current(this.database, [{ name, title }]))[0]);
  }

  /** Newest first, below a version. @throws POLICIES.UNKNOWN */
  async versions(name: string, limit: number, below: number | null): Promise<PolicyDocument[]> {
    this.store.definition(name);
    return this.database.query<PolicyDocument>(
      `select ${columns} from policies.documents where name = $1 and ($2::integer is null or version < $2)
       order by version desc limit $3`,
      [name, below, limit],
    );
  }

  /** @throws POLICIES.UNKNOWN */
  async version(name: string, version: number): Promise<PolicyDocument> {
    this.store.definition(name);
    return found(await read(this.database, name, version));
  }

  /** What changes from one version to another (RFC 6902). @throws POLICIES.UNKNOWN */
  async diff(name: string, from: number, to: number): Promise<readonly Operation[]> {
    const [before, after] = await Promise.all([this.version(name, from), this.version(name, to)]);
    return createPatch(before.body, after.body);
  }

  /**
   * Changes the draft, or makes one.
   * @throws POLICIES.UNKNOWN, POLICIES.INVALID, HTTP.PRECONDITION_FAILED
   */
  async saveDraft(name: string, body: unknown, change: PolicyChange): Promise<CurrentPolicy> {
    this.store.check(name, body);
    return this.change(name, change, async (tx, { active, draft }, revision) => {
      await tx.query(
        draft
          ? `update policies.documents set body = $2::jsonb, revision = $3, updated_by = $4, updated_at = now()
             where name = $1 and state = 'draft'`
          : `insert into policies.documents (name, version, state, body, revision, created_by, updated_by)
             select $1, max(version) + 1, 'draft', $2::jsonb, $3, $4, $4 from policies.documents where name = $1`,
        [name, JSON.stringify(body), revision, change.actor],
      );
      return { action: 'policies.draft-saved', details: { changes: pathsOf((draft ?? active).body, body) } };
    });
  }

  /** @throws POLICIES.UNKNOWN, POLICIES.NO_DRAFT, HTTP.PRECONDITION_FAILED */
  async discardDraft(name: string, change: PolicyChange): Promise<CurrentPolicy> {
    return this.change(name, change, async (tx, { draft }, revision) => {
      if (!draft) throw NoDraft({ details: { policy: name } });
      await tx.query(`delete from policies.documents where name = $1 and state = 'draft'`, [name]);
      await tx.query(`update policies.documents set revision = $2 where name = $1 and state = 'active'`, [
        name,
        revision,
      ]);
      return { action: 'policies.draft-discarded', details: { version: draft.version } };
    });
  }

  /**
   * Makes a draft, or a retired version, the one by which is decided from now on; what was decided stays decided.
   * @throws POLICIES.UNKNOWN, POLICIES.INVALID, POLICIES.NOT_ACTIVATABLE, HTTP.PRECONDITION_FAILED
   */
  async activate(
    name: string,
    version: number,
    reason: string,
    change: PolicyChange,
  ): Promise<CurrentPolicy> {
    return this.change(name, change, async (tx, { active }, revision) => {
      const wanted = found(await read(tx, name, version));
      if (wanted.state === 'active') throw NotActivatable({ details: { policy: name, version } });
      this.store.check(name, wanted.body);
      await tx.query(
        `update policies.documents set state = 'retired', retired_at = now() where name = $1 and state = 'active'`,
        [name],
      );
      await tx.query(
        `update policies.documents set state = 'active', revision = $3, activated_at = now(), activated_by = $4,
           reason = $5, retired_at = null where name = $1 and version = $2`,
        [name, version, revision, change.actor, reason],
      );
      const changes = pathsOf(active.body, wanted.body);
      return { action: 'policies.activated', details: { reason, version, before: active.version, changes } };
    });
  }

  /** One change of a policy at a time. @param make writes it with the revision that it makes */
  private async change(
    name: string,
    { actor, revision }: PolicyChange,
    make: (
      tx: Tx,
      before: CurrentPolicy,
      revision: number,
    ) => Promise<{ action: string; details: Record<string, unknown> }>,
  ): Promise<CurrentPolicy> {
    const { title } = this.store.definition(name);
    const after = await this.database.transaction(async (tx) => {
      await tx.query(`select pg_advisory_xact_lock(hashtext('policy:' || $1))`, [name]);
      const before = found((await current(tx, [{ name, title }]))[0]);
      requireRevision(revision, before.revision);
      const { action, details } = await make(tx, before, before.revision + 1);
      const entry = { actor, action, outcome: 'ok' as const, subject: `policy:${name}`, details };
      await appendAudit(tx, [entry], this.clock.now());
      return found((await current(tx, [{ name, title }]))[0]);
    });
    this.store.forget(name);
    return after;
  }
}

async function current(
  on: Pick<Tx, 'query'>,
  kinds: readonly { name: string; title?: string }[],
): Promise<CurrentPolicy[]> {
  const rows = await on.query<PolicyDocument & { latest: number }>(
    `select * from (
       select ${columns}, max(revision) over (partition by name) as latest from policies.documents
       where name = any($1::text[])) d
     where state in ('active', 'draft') order by name, version`,
    [kinds.map(({ name }) => name)],
  );
  return kinds.flatMap(({ name, title = name }) => {
    const own = rows.filter((row) => row.name === name);
    const active = own.find(({ state }) => state === 'active');
    if (!active) return [];
    const draft = own.find(({ state }) => state === 'draft');
    return [
      {
        name,
        title,
        revision: active.latest,
        active: document(active),
        draft: draft ? document(draft) : null,
      },
    ];
  });
}

function document({ latest: _, ...row }: PolicyDocument & { latest: number }): PolicyDocument {
  return row;
}

async function read(
  on: Pick<Tx, 'query'>,
  name: string,
  version: number,
): Promise<PolicyDocument | undefined> {
  const [row] = await on.query<PolicyDocument>(
    `select ${columns} from policies.documents where name = $1 and version = $2`,
    [name, version],
  );
  return row;
}

function found<T>(row: T | undefined): T {
  if (!row) throw PolicyUnknown();
  return row;
}

/** Where two bodies differ, for the audit log: places and kinds, no values. */
function pathsOf(before: unknown, after: unknown): string[] {
  return createPatch(before, after)
    .slice(0, 100)
    .map(({ op, path }) => `${op} ${path}`);
}
