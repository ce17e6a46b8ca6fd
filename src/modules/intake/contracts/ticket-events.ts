import { IsIn, IsISO8601, IsOptional, IsString, MaxLength } from 'class-validator';
import { Event } from '../../../shared/kernel/message.js';

export const ticketProviders = ['zendesk'] as const;
export type TicketProvider = (typeof ticketProviders)[number];

/** Something about a ticket changed in the helpdesk: a reason to read it again. */
@Event('intake.ticket-changed.v1')
export class TicketChanged {
  @IsIn(ticketProviders)
  provider: TicketProvider;

  @IsString()
  @MaxLength(100)
  account: string;

  @IsString()
  @MaxLength(64)
  ticketId: string;

  /** What changed, in our words: `created`, `status`, `priority`, `comment`, `assignee`, `group`, …, `other`. */
  @IsString()
  @MaxLength(100)
  change: string;

  @IsISO8601()
  at: string;

  /** The status after it, in lower case, where the provider says. */
  @IsOptional()
  @IsString()
  @MaxLength(50)
  status?: string;

  /** The priority after it, in lower case, where the provider says. */
  @IsOptional()
  @IsString()
  @MaxLength(50)
  priority?: string;

  /** Who did it: the provider's user id. */
  @IsOptional()
  @IsString()
  @MaxLength(64)
  changedBy?: string;

  constructor(init: TicketChanged) {
    Object.assign(this, init);
  }
}
