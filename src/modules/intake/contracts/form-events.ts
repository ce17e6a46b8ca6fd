import { IsISO8601, IsObject, IsString, IsUUID, MaxLength } from 'class-validator';
import { Event } from '../../../shared/kernel/message.js';

/** A form was submitted and accepted. `fields` carry the mapped lead fields, `extra` what the mapping does not know. */
@Event('intake.form-submitted.v1')
export class FormSubmitted {
  @IsUUID()
  submissionId: string;

  @IsString()
  @MaxLength(100)
  form: string;

  /** When the person submitted it, by the sender's word. */
  @IsISO8601()
  submittedAt: string;

  /** By lead field: email, firstName, lastName, fullName, company, phone, message, utmSource, … */
  @IsObject()
  fields: Record<string, string>;

  @IsObject()
  extra: Record<string, string>;

  constructor(init: FormSubmitted) {
    Object.assign(this, init);
  }
}
