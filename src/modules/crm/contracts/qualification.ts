import { IsISO8601, IsObject, IsString, MaxLength } from 'class-validator';
import { Command, CommandType, Event } from '../../../shared/kernel/message.js';
import type { CrmAbout } from './activities.js';

/** A deal came into another stage, and it was not this system that moved it. A hint: the deal is to be read. */
@Event('crm.deal-moved.v1')
export class DealMoved {
  @IsString()
  @MaxLength(64)
  dealId: string;

  /** When, by the CRM's clock. */
  @IsISO8601()
  at: string;

  constructor(init: DealMoved) {
    Object.assign(this, init);
  }
}

/** When it is known whether the move was one of many. */
export interface NotedMove {
  settlesAt: string;
}

/** Takes note of a move, so that a bulk move is recognised as one. Nothing is changed outside. */
@CommandType<NoteDealMove>('crm.note-deal-move.v1')
export class NoteDealMove extends Command<NotedMove> {
  @IsString()
  @MaxLength(64)
  dealId: string;

  @IsISO8601()
  movedAt: string;
}

/** A task that is to be made for a person, in the words of `CreateCrmTask`. */
export interface AskedField {
  /** The property; `*` for what a bulk move lacks. */
  readonly property: string;
  readonly about?: CrmAbout;
  readonly title: string;
  readonly body: string;
  readonly ownerId?: string;
  readonly dueAt: string;
  readonly key: string;
}

/** What a deal's stage asks of it, and what follows. */
export interface DealVerdict {
  /** `gone`: the deal is not there; `unasked`: its stage asks nothing, closed ones among them. */
  state: 'gone' | 'unasked' | 'pass' | 'fail';
  /** The stage, as an id that no other has. */
  stage: string;
  /** Tasks that are to be made. */
  ask: readonly AskedField[];
  /** Of what was asked for before, properties that have a value now. */
  done: readonly string[];
  /** Properties that are to be written. */
  write: Readonly<Record<string, string>>;
  /** For people. */
  note: string;
  /** A change of one of these may make the verdict another. */
  watched: readonly string[];
  /** When to look again though nothing was told. */
  recheckAt: string;
}

/** Reads a deal and decides by the policy `deal-qualification` whether it may be where it is. Nothing is changed. */
@CommandType<QualifyDeal>('crm.qualify-deal.v1')
export class QualifyDeal extends Command<DealVerdict> {
  @IsString()
  @MaxLength(64)
  dealId: string;

  /** Of the move by which the deal came to its stage, as it was noted. */
  @IsISO8601()
  movedAt: string;

  /** Tasks that were made, by property. */
  @IsObject()
  asked: Readonly<Record<string, string>>;
}
