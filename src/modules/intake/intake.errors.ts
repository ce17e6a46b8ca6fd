import { defineProblem } from '../../shared/http/problem-status.js';
import { defineError } from '../../shared/kernel/coded-error.js';

export const ChannelClosed = defineError(
  'INTAKE.CHANNEL_CLOSED',
  'notFound',
  'The channel has no secret and is closed until one is configured.',
);
export const FormUnknown = defineError('INTAKE.FORM_UNKNOWN', 'notFound', 'There is no form of this name.');
export const FormDisabled = defineError(
  'INTAKE.FORM_DISABLED',
  'notFound',
  'The form is disabled and takes no submissions.',
);
export const SignatureMissing = defineError(
  'INTAKE.SIGNATURE_MISSING',
  'unauthenticated',
  'A header that the signature scheme requires is missing or malformed.',
);
export const SignatureRefused = defineError(
  'INTAKE.SIGNATURE_REFUSED',
  'unauthenticated',
  'No signature in the request fits the body and a valid secret.',
);
export const OutsideReplayWindow = defineError(
  'INTAKE.OUTSIDE_REPLAY_WINDOW',
  'unauthenticated',
  'The timestamp of the request is more than five minutes away from now.',
);
export const PayloadRefused = defineError(
  'INTAKE.PAYLOAD_REFUSED',
  'invalid',
  'The request is genuine, and its content does not fit what the channel asks for.',
);
export const Overloaded = defineError(
  'INTAKE.OVERLOADED',
  'transient',
  'Too many requests wait to be made durable: send it again later.',
);
export const Draining = defineError(
  'INTAKE.DRAINING',
  'transient',
  'This process is ending and takes nothing new: send it again, another one takes it.',
);
export const TooManyRequests = defineProblem(
  429,
  'INTAKE.TOO_MANY_REQUESTS',
  'transient',
  'This channel gets more requests than it may: send it again later.',
);
export const NotAllowed = defineError(
  'INTAKE.NOT_ALLOWED',
  'forbidden',
  'The channel does not take this request.',
);
export const ChannelUnknown = defineError(
  'INTAKE.CHANNEL_UNKNOWN',
  'notFound',
  'There is no channel at this address.',
);
export const NotDurable = defineError(
  'INTAKE.NOT_DURABLE',
  'transient',
  'The event could not be made durable: send it again later.',
);
export const DeliveryNotFound = defineError(
  'INTAKE.DELIVERY_NOT_FOUND',
  'notFound',
  'There is no inbound delivery with this id.',
);
export const RawBodyGone = defineError('INTAKE.RAW_BODY_GONE', 'notFound', 'The raw body is no longer kept.');
export const FormInvalid = defineError(
  'INTAKE.FORM_INVALID',
  'invalid',
  'The form is not valid: its fields must be a JSON Schema of an object, its mapping must name lead fields.',
);
export const FormUnreadable = defineError(
  'INTAKE.FORM_UNREADABLE',
  'permanent',
  'The submissions of a form cannot be read at the provider that hosts it.',
);
export const FormChanged = defineProblem(
  412,
  'INTAKE.FORM_CHANGED',
  'conflict',
  'The form was changed by someone else since it was read: read it again.',
);
export const AttachmentNotFound = defineError(
  'INTAKE.ATTACHMENT_NOT_FOUND',
  'notFound',
  'There is no such attachment, or it is no longer kept.',
);
export const NotReadable = defineError(
  'INTAKE.NOT_READABLE',
  'conflict',
  'The delivery cannot be read again: its channel does not exist any more, or it no longer tells this.',
);
export const PollUnknown = defineError(
  'INTAKE.POLL_UNKNOWN',
  'notFound',
  'The channel has no poll of this name.',
);
