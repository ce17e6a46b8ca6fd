import { IsISO8601, IsObject, IsOptional, IsString, MaxLength } from 'class-validator';
import { Event } from '../../../shared/kernel/message.js';

/** Another system states something, as a CloudEvent. */
@Event('intake.external-event-received.v1')
export class ExternalEventReceived {
  /** CloudEvents `id`: unique with `source`. */
  @IsString()
  @MaxLength(500)
  eventId: string;

  /** CloudEvents `source`. */
  @IsString()
  @MaxLength(1_000)
  origin: string;

  /** CloudEvents `type`. */
  @IsString()
  @MaxLength(500)
  eventType: string;

  @IsOptional()
  @IsString()
  @MaxLength(1_000)
  subject?: string;

  @IsISO8601()
  at: string;

  /** Extension attributes, as texts. */
  @IsObject()
  attributes: Readonly<Record<string, string>>;

  /** `value`: the data as JSON; `text` or `base64` where it is none. */
  @IsObject()
  data: {
    readonly value?: unknown;
    readonly text?: string;
    readonly base64?: string;
    readonly type?: string;
  };

  constructor(init: ExternalEventReceived) {
    Object.assign(this, init);
  }
}
