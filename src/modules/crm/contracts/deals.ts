import { IsArray, IsObject, IsOptional, IsString, MaxLength } from 'class-validator';
import { Command, CommandType, Event } from '../../../shared/kernel/message.js';

/** A deal as it is when it is read. */
export interface DealAnswer {
  dealId: string;
  /** False when it is not there (any more); then nothing else is known. */
  exists: boolean;
  stage?: string;
  pipeline?: string;
  ownerId?: string;
  contactIds: readonly string[];
  /** By the CRM's names; null where there is no value. */
  properties: Readonly<Record<string, string | null>>;
}

/** Reads a deal: what an event says of it is a hint. Nothing is changed. */
@CommandType<ReadDeal>('crm.read-deal.v1')
export class ReadDeal extends Command<DealAnswer> {
  @IsString()
  @MaxLength(64)
  dealId: string;

  /** Names of properties; without them the ones that every deal has. */
  @IsOptional()
  @IsArray()
  properties?: readonly string[];
}

/** `gone`: it is not in the CRM (any more). */
export interface DealUpdateResult {
  dealId: string;
  action: 'updated' | 'unchanged' | 'gone';
}

/** Writes properties of a deal, those that differ; an empty text clears one. */
@CommandType<UpdateDeal>('crm.update-deal.v1', {
  effect: { connector: 'hubspot', class: 'lookup', target: ({ dealId }) => `deal:${dealId}` },
  orderedBy: ({ dealId }) => dealId,
})
export class UpdateDeal extends Command<DealUpdateResult> {
  @IsString()
  @MaxLength(64)
  dealId: string;

  /** Texts by the CRM's names. */
  @IsObject()
  properties: Readonly<Record<string, string>>;
}

/** Properties of a deal were written, or found to be as wanted. */
@Event('crm.deal-updated.v1')
export class DealUpdated {
  @IsString()
  @MaxLength(64)
  dealId: string;

  constructor(init: DealUpdated) {
    Object.assign(this, init);
  }
}
