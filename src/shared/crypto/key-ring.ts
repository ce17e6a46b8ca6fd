import { createHash, createSecretKey, randomFillSync, type KeyObject } from 'node:crypto';
import type { Database } from '../database/database.js';
import type { Tx } from '../database/tx.js';
import { defineError } from '../kernel/coded-error.js';
import { newId } from '../kernel/ids.js';
import { openBytes, sealBytes, type DataKey } from './field-cipher.js';

export const DataKeyMissing = defineError(
  'CRYPTO.DATA_KEY_MISSING',
  'permanent',
  'The key of this data was destroyed: its subject was erased.',
);

/** A data key as it is stored, with the subjects (keyed hashes) whose data it protects. */
export interface NewDataKey {
  readonly key: DataKey;
  readonly wrapped: Buffer;
  readonly subjects: readonly Buffer[];
}

const cacheMs = 5_000;
const cacheSize = 10_000;

/** Makes, stores and unwraps data keys. Unwrapped keys are kept for seconds only. */
export class KeyRing {
  private readonly cache = new Map<string, { key: DataKey; until: number }>();
  private readonly kek: string;

  constructor(
    private readonly database: Database,
    private readonly masterKey: KeyObject,
  ) {
    this.kek = createHash('sha256').update('kek').update(masterKey.export()).digest('hex').slice(0, 16);
  }

  /** A new key, not stored yet: `store` writes it with the rows that need it. */
  create(subjects: readonly Buffer[]): NewDataKey {
    const bytes = randomKey();
    const key = { id: newId(), secret: createSecretKey(bytes) };
    this.remember(key);
    return { key, subjects, wrapped: sealBytes(this.masterKey, placeOf(key.id), bytes) };
  }

  /** Stores keys and their subjects: one statement for all. */
  async store(tx: Tx, keys: readonly NewDataKey[]): Promise<void> {
    const rows = keys.map(({ key, wrapped, subjects }) => ({
      id: key.id,
      wrapped: wrapped.toString('base64'),
      subjects: subjects.map((subject) => subject.toString('base64')),
    }));
    await tx.query(
      `with input as (select * from json_to_recordset($1::json) as k(id uuid, wrapped text, subjects jsonb)),
       stored as (
         insert into crypto.data_keys (id, wrapped, kek)
         select id, decode(wrapped, 'base64'), $2 from input order by id)
       insert into crypto.key_subjects (subject, key_id)
       select decode(s.subject, 'base64'), i.id
       from input i cross join lateral jsonb_array_elements_text(i.subjects) as s(subject)
       order by 1, 2 on conflict do nothing`,
      [JSON.stringify(rows), this.kek],
    );
  }

  /** The keys of these ids, by id; destroyed ones are absent. At most one statement. */
  async load(ids: readonly string[]): Promise<Map<string, DataKey>> {
    const found = new Map<string, DataKey>();
    const missing = new Set<string>();
    for (const id of ids) {
      const cached = this.cache.get(id);
      if (cached && cached.until > performance.now()) found.set(id, cached.key);
      else missing.add(id);
    }
    if (missing.size > 0) {
      const rows = await this.database.query<{ id: string; wrapped: Buffer }>(
        `select id, wrapped from crypto.data_keys where id = any($1::uuid[])`,
        [[...missing]],
      );
      for (const { id, wrapped } of rows) {
        const key = { id, secret: createSecretKey(openBytes(this.masterKey, placeOf(id), wrapped)) };
        this.remember(key);
        found.set(id, key);
      }
    }
    return found;
  }

  /** @throws CRYPTO.DATA_KEY_MISSING */
  async loadOne(id: string): Promise<DataKey> {
    const key = (await this.load([id])).get(id);
    if (!key) throw DataKeyMissing({ details: { keyId: id } });
    return key;
  }

  private remember(key: DataKey): void {
    if (this.cache.size >= cacheSize) this.forgetOldest();
    this.cache.set(key.id, { key, until: performance.now() + cacheMs });
  }

  /** Many at once: a map whose first entry is deleted again and again has to skip all that were. */
  private forgetOldest(): void {
    let surplus = cacheSize / 10;
    for (const id of this.cache.keys()) {
      if (surplus <= 0) return;
      this.cache.delete(id);
      surplus -= 1;
    }
  }
}

const keyBytes = 32;
const randomPool = Buffer.alloc(keyBytes * 128);
let randomUsed = randomPool.length;

/** 32 random bytes, from bytes that were fetched in bulk and are wiped as they are handed out. */
function randomKey(): Buffer {
  if (randomUsed === randomPool.length) {
    randomFillSync(randomPool);
    randomUsed = 0;
  }
  const bytes = Buffer.from(randomPool.subarray(randomUsed, randomUsed + keyBytes));
  randomPool.fill(0, randomUsed, randomUsed + keyBytes);
  randomUsed += keyBytes;
  return bytes;
}

function placeOf(id: string): string {
  return `crypto.data_keys|wrapped|${id}`;
}
