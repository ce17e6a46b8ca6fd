import { Injectable } from '@nestjs/common';
import { openBytes } from '../../../shared/crypto/field-cipher.js';
import { KeyRing } from '../../../shared/crypto/key-ring.js';
import { Database } from '../../../shared/database/database.js';
import { bodyPlace } from './inbound.js';
import { unpackRequest, type RawRequest } from './raw-request.js';

/** A delivery as it was recorded. */
export interface StoredDelivery {
  readonly id: string;
  readonly requestId: string;
  readonly place: number;
  readonly channel: string;
  readonly source: string;
  readonly deliveryKey: string;
  readonly status: string;
  readonly contentType: string;
  readonly receivedAt: Date;
}

/** Deliveries with the requests that told them, to be read again. */
@Injectable()
export class StoredDeliveries {
  constructor(
    private readonly database: Database,
    private readonly keyRing: KeyRing,
  ) {}

  async find(id: string): Promise<StoredDelivery | undefined> {
    const [row] = await this.database.query<StoredDelivery>(
      `select id, request_id as "requestId", place, channel, source, delivery_key as "deliveryKey", status,
         content_type as "contentType", received_at as "receivedAt"
       from intake.inbound where id = $1`,
      [id],
    );
    return row;
  }

  /** Undefined when it is no longer kept. @throws CRYPTO.DATA_KEY_MISSING after an erasure */
  async request(requestId: string): Promise<RawRequest | undefined> {
    const [row] = await this.database.query<{ body: Buffer; keyId: string }>(
      `select body, key_id as "keyId" from intake.raw_bodies where id = $1`,
      [requestId],
    );
    if (!row) return undefined;
    const { secret } = await this.keyRing.loadOne(row.keyId);
    return unpackRequest(openBytes(secret, bodyPlace(requestId), row.body));
  }

  /** How many of these keys of a channel are taken. */
  async taken(channel: string, keys: readonly string[]): Promise<number> {
    const [row] = await this.database.query<{ count: number }>(
      `select count(*)::int as count from intake.dedupe_keys where channel = $1 and key = any($2::text[])`,
      [channel, keys],
    );
    return row?.count ?? 0;
  }
}
