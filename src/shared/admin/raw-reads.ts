import { Injectable } from '@nestjs/common';
import { appendAudit } from '../audit/append-audit.js';
import { openBytes } from '../crypto/field-cipher.js';
import { KeyRing } from '../crypto/key-ring.js';
import { Database } from '../database/database.js';
import { Clock } from '../kernel/clock.js';

/** Something that was stored sealed because it may be about a person. */
export interface Sealed {
  readonly body: Buffer;
  readonly keyId: string;
  /** Where it was sealed to. */
  readonly place: string;
}

/** Who reads it, and what it is. */
export interface RawRead {
  readonly actor: string;
  readonly traceId?: string;
  /** `intake.raw-body-read` */
  readonly action: string;
  /** `inbound:<id>` */
  readonly subject: string;
  readonly runId?: string;
}

/** Opens sealed data for a person. Each time is an audit entry, committed before the data is handed out. */
@Injectable()
export class RawReads {
  constructor(
    private readonly database: Database,
    private readonly keyRing: KeyRing,
    private readonly clock: Clock,
  ) {}

  /** @throws CRYPTO.DATA_KEY_MISSING after an erasure, CRYPTO.CIPHERTEXT_REFUSED */
  async open({ body, keyId, place }: Sealed, read: RawRead): Promise<Buffer> {
    const { secret } = await this.keyRing.loadOne(keyId);
    const plain = openBytes(secret, place, body);
    const entry = { ...read, outcome: 'ok' as const };
    await this.database.transaction((tx) => appendAudit(tx, [entry], this.clock.now()));
    return plain;
  }

  /** The same, of JSON. */
  async openJson(sealed: Sealed, read: RawRead): Promise<unknown> {
    return JSON.parse((await this.open(sealed, read)).toString());
  }
}
