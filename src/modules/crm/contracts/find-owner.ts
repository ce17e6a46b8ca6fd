import { IsOptional, IsString, MaxLength } from 'class-validator';
import { Command, CommandType } from '../../../shared/kernel/message.js';

/** Without an owner there is nobody whose work it is. */
export interface FoundOwner {
  /** By the CRM's id. */
  ownerId?: string;
  name?: string;
}

/**
 * Finds whose work something is: that of a person of the policy `people`, their deputy while they are away, else of whoever
 * looks after what has no owner. Nothing is changed.
 */
@CommandType<FindCrmOwner>('crm.find-crm-owner.v1')
export class FindCrmOwner extends Command<FoundOwner> {
  /** Key of the policy `people`; absent: it is nobody's. */
  @IsOptional()
  @IsString()
  @MaxLength(63)
  person?: string;
}
