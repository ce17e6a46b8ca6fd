import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import { idRange } from '../request.dto.js';
import type { EffectDetailDto, EffectDto, EffectQuery } from './effects.dto.js';

const columns = `e.id, e.state, e.connector, e.command, e.class, e.flow, e.run_id as "runId", e.step, e.visit, e.generation,
  e.summary, e.provider_id as "providerId", e.reference, e.attempts, e.created_at as "createdAt",
  e.updated_at as "updatedAt"`;

/** The ledger of effects for people to look at. */
@Injectable()
export class EffectsRead {
  constructor(private readonly database: Database) {}

  /** Newest first. */
  async list(query: EffectQuery, limit: number, after?: string): Promise<EffectDto[]> {
    const { state = null, connector = null, flow = null, runId = null } = query;
    const { from, to } = idRange(query);
    return this.database.query<EffectDto>(
      `select ${columns} from effects.effects e
       where ($2::uuid is null or e.id < $2) and ($3::text[] is null or e.state = any($3))
         and ($4::text is null or e.connector = $4) and ($5::text is null or e.flow = $5)
         and ($6::uuid is null or e.run_id = $6) and ($7::uuid is null or e.id >= $7)
         and ($8::uuid is null or e.id < $8)
       order by e.id desc limit $1`,
      [limit, after ?? null, state, connector, flow, runId, from, to],
    );
  }

  async find(id: string): Promise<EffectDetailDto | undefined> {
    const [row] = await this.database.query<EffectDetailDto>(
      `select ${columns}, e.delivery_id as "deliveryId", encode(e.answer_digest, 'hex') as "answerDigest"
       from effects.effects e where e.id = $1`,
      [id],
    );
    return row;
  }
}
