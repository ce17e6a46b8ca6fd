import { IsISO8601, IsObject, IsOptional, IsString, MaxLength } from 'class-validator';
import { Event } from '../../../shared/kernel/message.js';

/** What an alert is, whether it fires or is over. */
abstract class Alert {
  /** The same for an alert as long as its labels are. */
  @IsString()
  @MaxLength(100)
  fingerprint: string;

  /** Its `alertname`. */
  @IsString()
  @MaxLength(300)
  name: string;

  @IsObject()
  labels: Readonly<Record<string, string>>;

  @IsObject()
  annotations: Readonly<Record<string, string>>;

  @IsISO8601()
  startsAt: string;

  /** The group that Alertmanager sent it in. */
  @IsString()
  @MaxLength(2_000)
  group: string;
}

/** An alert fires. Told once, however often Alertmanager repeats it. */
@Event('intake.alert-fired.v1')
export class AlertFired extends Alert {
  constructor(init: AlertFired) {
    super();
    Object.assign(this, init);
  }
}

/** An alert is over; it may not have been seen to fire. */
@Event('intake.alert-resolved.v1')
export class AlertResolved extends Alert {
  @IsOptional()
  @IsISO8601()
  endsAt?: string;

  constructor(init: AlertResolved) {
    super();
    Object.assign(this, init);
  }
}
