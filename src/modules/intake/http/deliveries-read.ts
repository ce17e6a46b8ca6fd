import { Injectable } from '@nestjs/common';
import type { Sealed } from '../../../shared/admin/raw-reads.js';
import { idRange } from '../../../shared/admin/request.dto.js';
import { Database } from '../../../shared/database/database.js';
import { bodyPlace } from '../persistence/inbound.js';
import type { DeliveryDetailDto, DeliveryDto, DeliveryQuery } from './deliveries.dto.js';

const columns = `i.id, i.channel, i.source, i.delivery_key as "deliveryKey", i.status, i.content_type as "contentType",
  i.size, i.received_at as "receivedAt"`;

/** Inbound deliveries for people to look at. */
@Injectable()
export class DeliveriesRead {
  constructor(private readonly database: Database) {}

  /** Newest first. */
  async list(query: DeliveryQuery, limit: number, after?: string): Promise<DeliveryDto[]> {
    const { channel = null, source = null, status = null, deliveryKey = null } = query;
    const { from, to } = idRange(query);
    return this.database.query<DeliveryDto>(
      `select ${columns} from intake.inbound i
       where ($2::uuid is null or i.id < $2) and ($3::text is null or i.channel = $3)
         and ($4::text is null or i.source = $4) and ($5::text is null or i.status = $5)
         and ($6::text is null or i.delivery_key = $6) and ($7::uuid is null or i.id >= $7)
         and ($8::uuid is null or i.id < $8)
       order by i.id desc limit $1`,
      [limit, after ?? null, channel, source, status, deliveryKey, from, to],
    );
  }

  async find(id: string): Promise<DeliveryDetailDto | undefined> {
    const [row] = await this.database.query<DeliveryDetailDto>(
      `select ${columns}, i.message_id as "messageId", i.problem,
         exists (select from intake.raw_bodies b where b.id = i.id) as "hasRawBody",
         coalesce((
           select jsonb_agg(jsonb_build_object('id', r.id, 'flow', r.flow, 'status', r.status) order by r.id)
           from flow.runs r where r.started_by = i.message_id), '[]') as runs
       from intake.inbound i where i.id = $1`,
      [id],
    );
    return row;
  }

  async rawBody(id: string): Promise<Sealed | undefined> {
    const [row] = await this.database.query<{ body: Buffer; keyId: string }>(
      `select body, key_id as "keyId" from intake.raw_bodies where id = $1`,
      [id],
    );
    return row && { ...row, place: bodyPlace(id) };
  }
}
