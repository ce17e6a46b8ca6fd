import { IsArray } from 'class-validator';
import { Command, CommandType } from '../../../shared/kernel/message.js';

/** Without a contact there is none with any of the addresses. */
export interface FoundContact {
  contactId?: string;
}

/** Finds the contact of the first of some e-mail addresses that has one, secondary addresses included. Nothing is changed. */
@CommandType<FindCrmContact>('crm.find-crm-contact.v1')
export class FindCrmContact extends Command<FoundContact> {
  /** One to ten, the likeliest first. */
  @IsArray()
  emails: string[];
}
