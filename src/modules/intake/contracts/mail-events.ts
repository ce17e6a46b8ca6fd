import {
  IsBoolean,
  IsIn,
  IsISO8601,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  MaxLength,
} from 'class-validator';
import { Event } from '../../../shared/kernel/message.js';
import type { Sender } from './message-events.js';

/** A machine answered or announced something by e-mail: never to be answered automatically (RFC 3834). */
@Event('intake.automatic-mail-received.v1')
export class AutomaticMailReceived {
  @IsUUID()
  messageId: string;

  @IsString()
  @MaxLength(320)
  mailbox: string;

  @IsObject()
  sender: Sender;

  /** How it was recognised: `auto-submitted`, `precedence`, `mailing-list`, `own-loop`, … */
  @IsString()
  @MaxLength(100)
  reason: string;

  @IsString()
  @MaxLength(1_000)
  subject: string;

  @IsISO8601()
  sentAt: string;

  @IsString()
  @MaxLength(1_000)
  reference: string;

  @IsOptional()
  @IsString()
  @MaxLength(1_000)
  inReplyTo?: string;

  constructor(init: AutomaticMailReceived) {
    Object.assign(this, init);
  }
}

/** A mail of ours did not arrive, or its reader complained of it. */
@Event('intake.mail-bounced.v1')
export class MailBounced {
  @IsIn(['bounce', 'complaint'])
  kind: 'bounce' | 'complaint';

  @IsString()
  @MaxLength(320)
  recipient: string;

  /** Whether it will never arrive (status 5.x.x), so that the address is to be suppressed. */
  @IsBoolean()
  permanent: boolean;

  /** Enhanced status code (RFC 3463), e.g. 5.1.1. */
  @IsOptional()
  @IsString()
  @MaxLength(20)
  status?: string;

  @IsOptional()
  @IsString()
  @MaxLength(1_000)
  diagnostic?: string;

  /** Message-ID of our mail. */
  @IsOptional()
  @IsString()
  @MaxLength(1_000)
  originalReference?: string;

  @IsISO8601()
  at: string;

  constructor(init: MailBounced) {
    Object.assign(this, init);
  }
}
