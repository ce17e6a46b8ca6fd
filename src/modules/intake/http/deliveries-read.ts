import { Injectable } from '@nestjs/common';
import type { Sealed } from '../../../shared/admin/raw-reads.js';
import { idRange } from '../../../shared/admin/request.dto.js';
import { Database } from '../../../shared/database/database.js';
import { attachmentPlace, bodyPlace } from '../persistence/inbound.js';
import type { DeliveryDetailDto, DeliveryDto, DeliveryQuery } from './deliveries.dto.js';

const columns = `i.id, i.request_id as "requestId", i.channel, i.source, i.delivery_key as "deliveryKey", i.status,
  i.event_type as "eventType", i.content_type as "contentType", i.size, i.received_at as "receivedAt"`;

/** Inbound deliveries for people to look at. */
@Injectable()
export class DeliveriesRead {
  constructor(private readonly database: Database) {}

  /** Newest first. */
  async list(query: DeliveryQuery, limit: number, after?: string): Promise<DeliveryDto[]> {
    const { channel = null, source = null, status = null, deliveryKey = null, eventType = null } = query;
    const { from, to } = idRange(query);
    return this.database.query<DeliveryDto>(
      `select ${columns} from intake.inbound i
       where ($2::uuid is null or i.id < $2) and ($3::text is null or i.channel = $3)
         and ($4::text is null or i.source = $4) and ($5::text is null or i.status = $5)
         and ($6::text is null or i.delivery_key = $6) and ($7::uuid is null or i.id >= $7)
         and ($8::uuid is null or i.id < $8) and ($9::text is null or i.event_type = $9)
       order by i.id desc limit $1`,
      [limit, after ?? null, channel, source, status, deliveryKey, from, to, eventType],
    );
  }

  async find(id: string): Promise<DeliveryDetailDto | undefined> {
    const [row] = await this.database.query<DeliveryDetailDto>(
      `select ${columns}, i.message_id as "messageId", i.problem,
         i.place, i.replay_of as "replayOf",
         (select count(*)::int from intake.dedupe_keys k where k.channel = i.channel
            and k.key = any(array(select i.delivery_key || '~r' || n from generate_series(1, 100) n))) as replays,
         exists (select from intake.raw_bodies b where b.id = i.request_id) as "hasRawBody",
         coalesce((
           select jsonb_agg(jsonb_build_object('id', a.id, 'mediaType', a.media_type, 'declaredType', a.declared_type,
             'size', a.size) order by a.id)
           from intake.attachments a where a.inbound_id = i.id), '[]') as attachments,
         coalesce((
           select jsonb_agg(jsonb_build_object('id', r.id, 'flow', r.flow, 'status', r.status) order by r.id)
           from flow.runs r where r.started_by = i.message_id), '[]') as runs
       from intake.inbound i where i.id = $1`,
      [id],
    );
    return row;
  }

  /** @param id of the request */
  async rawBody(id: string): Promise<Sealed | undefined> {
    const [row] = await this.database.query<{ body: Buffer; keyId: string }>(
      `select body, key_id as "keyId" from intake.raw_bodies where id = $1`,
      [id],
    );
    return row && { ...row, place: bodyPlace(id) };
  }

  /** The name and content of a file that came with a delivery. */
  async attachment(inboundId: string, id: string): Promise<SealedAttachment | undefined> {
    const [row] = await this.database.query<Omit<SealedAttachment, 'place'>>(
      `select name, content as body, key_id as "keyId" from intake.attachments where id = $1 and inbound_id = $2`,
      [id, inboundId],
    );
    return row && { ...row, place: attachmentPlace(id, 'content') };
  }
}

export interface SealedAttachment extends Sealed {
  /** Sealed as well. */
  readonly name: Buffer;
}
